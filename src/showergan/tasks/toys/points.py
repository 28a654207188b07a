"""Points in a plane, and their data set."""

import hashlib
from collections.abc import Iterable, Iterator
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
from showergan.tasks.toys.distributions import DISTRIBUTIONS
from showergan.tasks.unconditional import NoConditions


@dataclass(frozen=True)
class Points:
    """Points in a plane.

    Attributes:
        point: shape (n, 2), float32.
    """

    point: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.point)

    @property
    def conditions(self) -> NoConditions:
        """No conditions, n times."""
        return NoConditions.times(len(self))

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> "Points":
        """Return the points at `index`: a slice, a boolean mask (n,) or integer positions."""
        return Points(self.point[index])


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
