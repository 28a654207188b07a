"""Conversion of showers in formats of others to npz of the published schema, some at a time."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from showergan.errors import UserError
from showergan.io.files import say
from showergan.io.progress import Progress
from showergan.tasks.showers.checks import checked
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.shower_file import write_npz
from showergan.tasks.showers.units import (
    EDGE_CM,
    LEAST_VISIBLE,
    MOST_VISIBLE,
    median_distance,
    visible_share,
)

CELL_MM = 10.0  # the side of a cell of the published schema


class Source(NamedTuple):
    """Showers of a file in another format.

    Attributes:
        path: of the file.
        n: number of showers.
        chunks: the showers, some at a time, in MeV, GeV, and units of the side of a cell, which stands for 1 cm.
        units: what to do where units are not those that the file has.
    """

    path: Path
    n: int
    chunks: Iterable[Showers]
    units: str


def convert(source: Source, out: Path, cell_mm: float) -> None:
    """Write showers as npz of the published schema; only points, momenta and sums of energies are held in memory.

    Negative energies stay, for `data.negative_energy` to decide about.

    Args:
        source: the showers.
        out: the file, which is there when it is whole.
        cell_mm: the side of a cell in the detector; what is not 10 mm is told.

    Raises:
        UserError: The name of the output ends in another way than .npz; values are not finite, pz is not positive, or
            medians show other units.
    """
    if out.suffix != ".npz":
        raise UserError(f"{out}: give an output file .npz.")
    write_npz(out, source.n, _plausible(source))
    say(f"{out}: {source.n} showers of {source.path}")
    if cell_mm != CELL_MM:
        say(
            f"A cell is {cell_mm:g} mm of the detector, and showergan takes it for 1 cm: its lengths in cm are "
            f"in units of {cell_mm:g} mm."
        )


def _plausible(source: Source) -> Iterator[Showers]:
    """Yield the showers after checks; of medians when all are read."""
    path, n, units = source.path, source.n, source.units
    total, point, momentum = np.zeros(n), np.empty((n, 2), "f4"), np.empty((n, 3), "f4")
    first, progress = 0, Progress(n, "showers")
    for chunk in source.chunks:
        showers = checked(chunk, f"{path}: ", first, negative_energy=True)
        yield showers
        rows = slice(first, first + len(showers))
        first += len(showers)
        total[rows] = showers.energy.sum(axis=(1, 2), dtype=np.float64)
        point[rows], momentum[rows] = showers.conditions
        progress(first)
    share = visible_share(total, momentum)
    if share is not None and not LEAST_VISIBLE <= share <= MOST_VISIBLE:
        raise UserError(
            f"{path}: the energy of a shower is {share:.3g} times the momentum of its particle, as the median; a "
            f"calorimeter shows {LEAST_VISIBLE} to {MOST_VISIBLE} times it. {units}"
        )
    if (distance := median_distance(point)) > EDGE_CM:
        raise UserError(
            f"{path}: particles enter {distance:.3g} cells from the centre of the image, as the median in x or y; the "
            f"image ends at {EDGE_CM:g}. {units} Points must be counted from the centre of the image."
        )
