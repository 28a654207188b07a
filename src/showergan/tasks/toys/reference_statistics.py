"""What points are measured with, and what metrics see of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.toys.points import PLANE, Points


@dataclass(frozen=True)
class PlaneReferenceStatistics(ReferenceStatistics):
    """The distribution that the points are drawn from.

    Attributes:
        modes: centres of its Gaussians, shape (k, 2); without rows where it has none.
        mode_sd: of each coordinate about a centre.
    """

    modes: NDArray[np.float64]
    mode_sd: float

    @property
    def summary(self) -> str:
        """How many modes there are."""
        return f"Points of {len(self.modes)} modes" if len(self.modes) else "Points without modes"

    def write(self, file: h5py.File) -> None:
        """Keep it in the file of a reference."""
        file["modes"] = self.modes
        file.attrs["mode_sd"] = self.mode_sd

    @classmethod
    def read(cls, file: h5py.File) -> "PlaneReferenceStatistics":
        """Read it from there, or from a data set."""
        return cls(file["modes"][:], float(file.attrs["mode_sd"]))


def features_of(chunks: Iterable[Points]) -> Features:
    """Return the features of points: the plane is the only space, the coordinates are the quantities."""
    points = np.concatenate([chunk.point for chunk in chunks])
    x, y = points.T.astype(np.float64)
    broken = int((~np.isfinite(points)).any(axis=1).sum())
    nothing = np.empty((len(points), 0), np.float32)
    return Features({PLANE: points}, {"x": x, "y": y}, nothing, {NOT_FINITE: broken}, {})
