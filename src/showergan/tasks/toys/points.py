"""Points in a plane: distributions to draw them from (Gulrajani et al. 2017, section 5.1, figure 1), and data sets."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.toys import ToyData
from showergan.io.files import atomic_write
from showergan.tasks import data_set
from showergan.tasks.data_set import SPLITS, Split, permuted, write_arrays
from showergan.tasks.unconditional import Unconditional


@dataclass(frozen=True)
class Distribution:
    """A distribution of points in a plane.

    Attributes:
        sample: draws points (n, 2) with a random generator.
        modes: centres (k, 2) of its Gaussians; without rows where it has none.
        mode_sd: standard deviation of each coordinate about a centre; NaN where it has none.
    """

    sample: Callable[[int, np.random.Generator], NDArray[np.float32]]
    modes: NDArray[np.float64]
    mode_sd: float


def _gaussians(centres: NDArray[np.float64], sd: float) -> Distribution:
    def sample(n: int, random: np.random.Generator) -> NDArray[np.float32]:
        chosen = centres[random.integers(len(centres), size=n)]
        return (chosen + random.normal(scale=sd, size=(n, 2))).astype(np.float32)

    return Distribution(sample, centres, sd)


def _swiss_roll(n: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A spiral of 1.5 turns: radius and angle t between 1.5 pi and 4.5 pi, noise of sd 0.25, all divided by 7.5."""
    t = 1.5 * np.pi * (1 + 2 * random.random(n))
    spiral = np.stack([t * np.cos(t), t * np.sin(t)], axis=1)
    return ((spiral + random.normal(scale=0.25, size=(n, 2))) / 7.5).astype(np.float32)


_ANGLES = np.arange(8) * np.pi / 4
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
_STEPS = np.arange(-2.0, 3.0)
_GRID = np.stack(np.meshgrid(_STEPS, _STEPS, indexing="ij"), axis=-1).reshape(-1, 2)

# Scaled about to unit variance.
DISTRIBUTIONS = {
    # On a circle of radius 2, sd 0.02, all divided by sqrt 2.
    "gaussians_8": _gaussians(2 * _RING / np.sqrt(2), 0.02 / np.sqrt(2)),
    # On a grid of five by five, 2 apart, sd 0.05, all divided by sqrt 8.
    "gaussians_25": _gaussians(2 * _GRID / np.sqrt(8), 0.05 / np.sqrt(8)),
    "swiss_roll": Distribution(_swiss_roll, np.empty((0, 2)), float("nan")),
}


@dataclass(frozen=True)
class Points(Unconditional):
    """Points in a plane, shape (n, 2), float32."""

    point: NDArray[np.float32]


def write(data: ToyData, out: Path) -> None:
    """Draw points, split them, and write the data set."""
    distribution = DISTRIBUTIONS[data.source]
    points = distribution.sample(data.n_points, np.random.default_rng(data.seed))
    splits = permuted(data.n_points, data.split_seed)
    with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
        file["point"], file["modes"] = points, distribution.modes
        data_set.keep(
            file,
            splits,
            task="toys",
            mode_sd=distribution.mode_sd,
            source_name=data.source,
            source_sha256=hashlib.sha256(points.tobytes()).hexdigest(),
            split_seed=data.split_seed,
        )


def opened(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a data set; a `UserError` refuses any other file."""
    return data_set.opened(
        path, "make-data", {"point": (np.float32, (2,)), "split": (np.uint8, ())}
    )


def load(path: Path, split: Split) -> Points:
    """Read the points of one split, in the order in which they were drawn."""
    with opened(path) as file:
        return Points(file["point"][:][file["split"][:] == SPLITS[split]])


def stream(path: Path, split: Split) -> Iterator[Points]:
    """Read the same, all at once."""
    yield load(path, split)


def write_points(out: Path, n: int, chunks: Iterable[Points], origin: dict[str, Any]) -> None:
    """Write n points as npz, or by the suffix as HDF5 with attributes of their origin; they fit into memory."""
    points = np.concatenate([chunk.point for chunk in chunks])
    write_arrays(out, {"point": points}, "toys", origin)
