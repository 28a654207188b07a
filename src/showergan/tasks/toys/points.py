"""Points, and their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.io.files import atomic_write
from showergan.tasks.no_conditions import Nothing

PLANE = "plane"  # the only space of points


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
    with atomic_write(out) as temporary:
        if out.suffix == ".npz":
            with temporary.open("wb") as stream:
                np.savez_compressed(stream, point=points)
        else:
            with h5py.File(temporary, "w") as file:
                file["point"] = points
                file.attrs.update(task="toys", showergan_version=showergan.__version__, **origin)
