"""Points, what they are made for, which is nothing, and their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.files import write_aside

PLANE = "plane"  # the only space of points


class Nothing(NamedTuple):
    """What points are made for.

    Attributes:
        nothing: shape (n, 0), whose rows count.
    """

    nothing: NDArray[np.float32]

    @classmethod
    def of(cls, conditions: NDArray[np.float32]) -> "Nothing":
        """Return what conditions, shape (n, 0), say."""
        return cls(conditions)

    @classmethod
    def times(cls, n: int) -> "Nothing":
        """Return nothing, n times."""
        return cls(np.empty((n, 0), np.float32))

    @property
    def conditions(self) -> NDArray[np.float32]:
        """No numbers, shape (n, 0)."""
        return self.nothing


@dataclass(frozen=True)
class NoConditions:
    """From nothing to the conditions of a network, which are none."""

    def of(self, nothing: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return no numbers for each point, shape (n, 0)."""
        return nothing


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
    def given(self) -> Nothing:
        """What they were made for."""
        return Nothing.times(len(self))

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> "Points":
        """Return the points at `index`: a slice, a boolean mask (n,) or integer positions."""
        return Points(self.point[index])


def write_points(out: Path, chunks: Iterable[Points], origin: dict[str, Any]) -> None:
    """Write points as npz, or by the suffix as HDF5 with attributes of their origin; they fit into memory."""
    points = np.concatenate([chunk.point for chunk in chunks])
    with write_aside(out) as aside:
        if out.suffix == ".npz":
            with aside.open("wb") as stream:
                np.savez_compressed(stream, point=points)
        else:
            with h5py.File(aside, "w") as file:
                file["point"] = points
                file.attrs.update(task="toys", showergan_version=showergan.__version__, **origin)
