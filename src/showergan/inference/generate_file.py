"""Showers from a generator file and a file of particles into a file of showers, however many."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from tqdm import tqdm

import showergan
from showergan.device import choose_device
from showergan.errors import UserError
from showergan.files import say, sha256_of, write_aside
from showergan.inference.description import outside
from showergan.inference.generation import CHUNK
from showergan.inference.generator_file import load_generator
from showergan.inference.particles import read_particles
from showergan.tasks.showers.npz import write_npz
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE, Showers

SUFFIXES = (".npz", ".h5", ".hdf5")
SECONDS = 10.0  # between lines of progress in a log


def generate_file(
    generator: Path,
    conditions: Path,
    out: Path,
    *,
    n: int | None,
    seed: int,
    epoch: int | None,
    device: str,
) -> None:
    """Write generated showers; only the particles are held in memory.

    Args:
        generator: file that `train` wrote.
        conditions: particles, see `read_particles`.
        out: npz of the published format, or HDF5 with the keys and units of our data sets.
        n: number of showers, by default one for each particle; the particles take turns.
        seed: of the noise, at least 0 and below 2**32.
        epoch: which of the kept ones, by default the last.
        device: as for `choose_device`.

    Raises:
        UserError: A file is unusable, or the epoch was not kept; nothing is written.
    """
    if out.suffix not in SUFFIXES:
        raise UserError(f"{out}: give an output file {', '.join(SUFFIXES)}.")
    if not 0 <= seed < 2**32:
        raise UserError(f"--seed {seed}: give a number from 0 to {2**32 - 1}.")
    chosen = choose_device(device)
    trained, particles = load_generator(generator), read_particles(conditions)
    epoch = trained.epochs[-1] if epoch is None else epoch
    showers = trained.showers(*particles, seed, chosen, n=n, epoch=epoch)
    n = len(particles[0]) if n is None else n
    if warning := outside(trained.description.conditions, *particles):
        say(f"warning: {warning}")
    start = time.perf_counter()
    watched = _Watched(showers, n)
    if out.suffix == ".npz":
        write_npz(out, n, watched)
    else:
        origin = {"generator_sha256": sha256_of(generator), "epoch": epoch, "seed": seed}
        write_hdf5(out, n, watched, origin)
    seconds = time.perf_counter() - start
    if watched.n_not_finite:
        say(
            f"warning: {watched.n_not_finite} of {n} showers hold energies that are not numbers: "
            "the training had diverged. Choose an earlier epoch or another generator."
        )
    say(f"{out}: {n} showers of epoch {epoch}, {n / seconds:.0f} per second")


def write_hdf5(path: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write showers as HDF5 with the keys and units of our data sets; the same showers give the same bytes.

    Args:
        path: The file to write; it appears whole or not at all.
        n: Number of showers in all chunks together.
        chunks: The showers in order.
        origin: Further attributes.
    """
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        file.attrs.update(
            energy_unit="MeV",
            point_unit="cm",
            momentum_unit="GeV",
            cell_cm=CELL_CM,
            image_shape=IMAGE_SHAPE,
            row="y",
            column="x",
            showergan_version=showergan.__version__,
            **origin,
        )
        for key, shape in {"energy": IMAGE_SHAPE, "point": (2,), "momentum": (3,)}.items():
            packed = {"chunks": (min(CHUNK["running"], n), *shape), "compression": "lzf"}
            file.create_dataset(key, (n, *shape), np.float32, **packed)
        first = 0
        for chunk in chunks:
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            for key in ("energy", "point", "momentum"):
                file[key][rows] = getattr(chunk, key)


class _Watched:
    """Showers on their way: shows how far they are, and counts those that are not finite."""

    def __init__(self, chunks: Iterator[Showers], n: int) -> None:
        self._chunks, self._n = chunks, n
        self.n_not_finite = 0

    def __iter__(self) -> Iterator[Showers]:
        terminal = sys.stderr.isatty()
        last = start = time.monotonic()
        with tqdm(total=self._n, unit="shower", file=sys.stderr, disable=not terminal) as bar:
            done = 0
            for chunk in self._chunks:
                self.n_not_finite += int((~np.isfinite(chunk.energy)).any(axis=(1, 2)).sum())
                yield chunk
                done += len(chunk)
                bar.update(len(chunk))
                now = time.monotonic()
                if not terminal and now - last >= SECONDS:
                    last = now
                    left = (now - start) / done * (self._n - done)
                    say(f"{done}/{self._n} showers, {left:.0f} s left")
