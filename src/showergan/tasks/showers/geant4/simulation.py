"""Simulation of showers by Geant4 in separate processes; finished showers are kept and not simulated again."""

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

from showergan.config.tasks.showers import THRESHOLD_MEV
from showergan.errors import UserError
from showergan.io.progress import Progress
from showergan.tasks.showers import calorimeter
from showergan.tasks.showers.geant4 import physics
from showergan.tasks.showers.sample import IMAGE_SHAPE, Particles, Showers, read_out

VERSION = 1  # raised when the distribution of the showers changes
PACKAGE = "geant4-pybind"
RANGE = 50  # showers of one process, some ten seconds

Images = NDArray[np.float32]


def record(threshold_MeV: float) -> dict[str, Any]:
    """Return a description of the simulation: showers of equal records have the same distribution.

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
        "physics": physics.list_name() + ("" if physics.is_full() else ", steps of option 0"),
        "range_cut_mm": physics.CUT_MM,
        "data": Path(os.environ["G4LEDATA"]).name if physics.is_full() else "of showergan",
    }


def simulate(
    n_showers: int,
    seed: int,
    *,
    threshold_MeV: float = THRESHOLD_MEV,
    cores: int = 1,
    kept: Path,
    energy_MeV: dict[str, float] | None = None,
) -> Iterator[Showers]:
    """Yield showers of random electrons, those of `gflash.simulate`, `RANGE` at a time.

    Args:
        n_showers: how many.
        seed: of electrons and showers; the first ones do not depend on `n_showers` or `cores`.
        threshold_MeV: cells below are set to 0.
        cores: processes at a time.
        kept: folder of finished showers, from which a later call resumes.
        energy_MeV: to which the visible energy of the showers is added: all of it, and that within the image.

    Raises:
        UserError: Geant4 is not installed, or stopped.
    """
    drawn = [
        (electrons.point[wanted], electrons.momentum[wanted])
        for electrons, _, wanted in calorimeter.electrons(n_showers, seed)
    ]
    parts = zip(*drawn, strict=True)
    particles = Particles(*(np.concatenate(part).astype(np.float32) for part in parts))
    return _shot(particles, 2 * seed, threshold_MeV, cores, kept, energy_MeV)


def resimulate(
    particles: Particles, seed: int, threshold_MeV: float = THRESHOLD_MEV
) -> Iterator[Showers]:
    """Yield another shower of each electron as `gflash.resimulate` does, on all cores."""
    with tempfile.TemporaryDirectory(prefix="showergan-geant4-") as folder:
        cores = os.cpu_count() or 1
        yield from _shot(particles, 2 * seed + 1, threshold_MeV, cores, Path(folder))


def _shot(
    particles: Particles,
    stream: int,
    threshold_MeV: float,
    cores: int,
    kept: Path,
    energy_MeV: dict[str, float] | None = None,
) -> Iterator[Showers]:
    made_by = str(record(threshold_MeV)).encode()
    n = len(particles.point)
    firsts = range(0, n, RANGE)
    progress = Progress(n, "showers")

    def cells(first: int) -> Images:
        point, momentum = (values[first : first + RANGE] for values in particles)
        # Geant4's engine takes two seeds per event, and ignores those behind a 0.
        events = [[stream + 1, first + k + 1] for k in range(len(point))]
        return _range(point, momentum, np.array(events), made_by, kept)

    kept.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(cores) as pool:
        try:
            for first, all_cells in zip(firsts, pool.map(cells, firsts), strict=True):
                rows = slice(first, first + len(all_cells))
                images = _inner(all_cells)
                if energy_MeV is not None:
                    energy_MeV["all"] += all_cells.sum(dtype=float)
                    energy_MeV["inside"] += images.sum(dtype=float)
                point, momentum = (values[rows] for values in particles)
                ids = np.full(len(point), calorimeter.PDG, np.int32)
                yield Showers(read_out(images, threshold_MeV), point, momentum, ids)
                progress(first + len(all_cells))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _inner(cells: Images) -> Images:
    """Return the image, in the middle of all scored cells."""
    margin = (cells.shape[1] - IMAGE_SHAPE[0]) // 2
    return cells[:, margin:-margin, margin:-margin]


def _range(
    point: NDArray[Any], momentum: NDArray[Any], seeds: NDArray[Any], made_by: bytes, kept: Path
) -> Images:
    """Return all cells of some electrons: those kept by an earlier call, or a worker's.

    Raises:
        UserError: the worker failed.
    """
    numbers = b"".join(values.tobytes() for values in (point, momentum, seeds))
    path = kept / f"{hashlib.sha256(made_by + numbers).hexdigest()[:32]}.npz"
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return _read(path)
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        electrons, made = Path(folder) / "electrons.npz", Path(folder) / "cells.npz"
        np.savez(electrons, point=point, momentum=momentum, seeds=seeds)
        worker = "showergan.tasks.showers.geant4.worker"
        ended = subprocess.run(
            [sys.executable, "-m", worker, str(electrons), str(made)],
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
                f"{_reason(ended.stdout)} Finished showers are kept; the same call resumes from them."
            )
        made.replace(path)
    return _read(path)


def _read(path: Path) -> Images:
    with np.load(path) as file:
        cells: Images = file["cells"]
    return cells


def _reason(output: str) -> str:
    """Return why a worker ended, from its output: Geant4's last exception, or else the last line."""
    found = re.findall(
        r"G4Exception-START -+\s*(.*?)\*\*\*\s*(?:Fatal|Event|Run)", output, re.DOTALL
    )
    lines = [line for line in output.splitlines() if line.strip()]
    text = " ".join((found[-1] if found else (lines or ["no output"])[-1]).split())
    return text[:400].rstrip(".") + "."
