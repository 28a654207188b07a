"""Showers by Geant4, some at a time in processes of their own; what is finished is kept, and not simulated again."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.progress import Progress
from showergan.tasks.showers import calorimeter
from showergan.tasks.showers.calorimeter import THRESHOLD_MEV
from showergan.tasks.showers.geant4 import physics
from showergan.tasks.showers.sample import IMAGE_SHAPE, Particles, Showers, read_out

VERSION = 1  # raised when the distribution of the showers changes, so that no other showers pass for these
PACKAGE = "geant4-pybind"
RANGE = 50  # showers of one process, some ten seconds

Images = NDArray[np.float32]


def record(threshold_MeV: float) -> dict[str, Any]:
    """Return what showers were made by: simulations of equal records have the same distribution.

    Raises:
        UserError: Geant4 is not installed.
    """
    try:
        installed = version(PACKAGE)
    except PackageNotFoundError:
        raise UserError(
            f"Simulating with Geant4 needs the package {PACKAGE}: pip install 'showergan[geant4]'. Linux on x86_64, "
            "macOS and Windows have wheels."
        ) from None
    return {
        "simulator": "geant4",
        "version": VERSION,
        "threshold_MeV": threshold_MeV,
        "package": f"{PACKAGE} {installed}",
        **physics.record(),
    }


class Leakage:
    """How much of the visible energy of many showers, summed up in MeV, lies within the image."""

    def __init__(self) -> None:
        self.visible_MeV = self.inside_MeV = 0.0

    @property
    def inside(self) -> float:
        """The fraction within the image."""
        return self.inside_MeV / self.visible_MeV


def simulate(
    n_showers: int,
    seed: int,
    *,
    threshold_MeV: float = THRESHOLD_MEV,
    cores: int = 1,
    kept: Path,
    leakage: Leakage | None = None,
) -> Iterator[Showers]:
    """Yield showers of the electrons that `electrons` draws, `RANGE` at a time.

    Args:
        n_showers: how many.
        seed: of electrons and showers; how many are asked for, and by how many processes, changes none of them.
        threshold_MeV: cells below are set to 0.
        cores: processes at a time.
        kept: folder of what is finished, for a later call to go on from.
        leakage: counts what is yielded.

    Raises:
        UserError: Geant4 is not installed, or stopped.
    """
    drawn = [
        (point[:n], calorimeter.momenta(energy, slope)[:n])
        for rng, n in calorimeter.streams(n_showers, seed)
        for energy, point, slope in [calorimeter.sample_particles(calorimeter.CHUNK, rng)]
    ]
    point, momentum = (
        np.concatenate(parts).astype(np.float32) for parts in zip(*drawn, strict=True)
    )
    return _shot(
        Particles(point, momentum), 2 * seed, threshold_MeV, cores, kept, leakage or Leakage()
    )


def resimulate(
    point: NDArray[np.float32],
    momentum: NDArray[np.float32],
    seed: int,
    threshold_MeV: float = THRESHOLD_MEV,
) -> Iterator[Showers]:
    """Yield another shower of each given electron as `gflash.resimulate` does, on as many cores as there are."""
    with tempfile.TemporaryDirectory(prefix="showergan-geant4-") as folder:
        cores = os.cpu_count() or 1
        particles = Particles(point, momentum)
        yield from _shot(particles, 2 * seed + 1, threshold_MeV, cores, Path(folder), Leakage())


def _shot(
    particles: Particles,
    stream: int,
    threshold_MeV: float,
    cores: int,
    kept: Path,
    leakage: Leakage,
) -> Iterator[Showers]:
    made_by = str(record(threshold_MeV)).encode()
    n = len(particles.point)
    firsts = range(0, n, RANGE)
    progress = Progress(n, "showers")

    def cells(first: int) -> Images:
        rows = slice(first, first + RANGE)
        point, momentum = (values[rows] for values in particles)
        # Of the seeds of an event Geant4's engine takes two, and none behind a 0.
        events = [[stream + 1, first + k + 1] for k in range(len(point))]
        return _range(point, momentum, np.array(events), made_by, kept)

    kept.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(cores) as pool:
        try:
            for first, all_cells in zip(firsts, pool.map(cells, firsts), strict=True):
                rows = slice(first, first + len(all_cells))
                images = _inner(all_cells)
                leakage.visible_MeV += float(all_cells.sum(dtype=float))
                leakage.inside_MeV += float(images.sum(dtype=float))
                point, momentum = (values[rows] for values in particles)
                ids = np.full(len(point), calorimeter.PDG, np.int32)
                yield Showers(read_out(images, threshold_MeV), point, momentum, ids)
                progress(first + len(all_cells))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _inner(cells: Images) -> Images:
    """Return the image in the middle of all cells that are scored."""
    margins = [(side - kept) // 2 for side, kept in zip(cells.shape[1:], IMAGE_SHAPE, strict=True)]
    rows, columns = (slice(m, m + kept) for m, kept in zip(margins, IMAGE_SHAPE, strict=True))
    return cells[:, rows, columns]


def _range(
    point: NDArray[Any], momentum: NDArray[Any], seeds: NDArray[Any], made_by: bytes, kept: Path
) -> Images:
    """Return all cells of some electrons: what is kept of these very ones, or a worker's.

    Raises:
        UserError: the worker failed.
    """
    numbers = b"".join(values.tobytes() for values in (point, momentum, seeds))
    path = kept / f"{hashlib.sha256(made_by + numbers).hexdigest()[:32]}.npz"
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return _read(path)
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        given, made = Path(folder) / "electrons.npz", Path(folder) / "cells.npz"
        np.savez(given, point=point, momentum=momentum, seeds=seeds)
        ended = subprocess.run(
            [sys.executable, "-m", "showergan.tasks.showers.geant4.worker", str(given), str(made)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if ended.returncode or not made.exists():
            first = int(seeds[0, -1]) - 1
            raise UserError(
                f"Geant4 stopped in showers {first} to {first + len(point) - 1} (status {ended.returncode}): "
                f"{_said(ended.stdout)} What is finished is kept; the same call goes on from there."
            )
        made.replace(path)
    return _read(path)


def _read(path: Path) -> Images:
    with np.load(path) as file:
        cells: Images = file["cells"]
    return cells


def _said(output: str) -> str:
    """Return what a worker said of its end: what Geant4 calls an exception, or else the last line."""
    found = re.findall(
        r"G4Exception-START -+\s*(.*?)\*\*\*\s*(?:Fatal|Event|Run)", output, re.DOTALL
    )
    lines = [line for line in output.splitlines() if line.strip()]
    told = " ".join((found[-1] if found else (lines or ["nothing"])[-1]).split())
    return told[:400].rstrip(".") + "."
