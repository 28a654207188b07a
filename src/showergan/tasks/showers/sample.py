"""Shower images, the particles that they belong to, and the units and layout of both."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from showergan.tasks.data_set import Rows

IMAGE_SHAPE = (30, 30)
CELL_CM = 1.0
CONDITIONS = ("px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm")

# Attributes of files of showers: units and layout.
MEANING = {
    "task": "showers",
    "energy_unit": "MeV",
    "point_unit": "cm",
    "momentum_unit": "GeV",
    "cell_cm": CELL_CM,
    "image_shape": IMAGE_SHAPE,
    "row": "y",
    "column": "x",
}


class Particles(NamedTuple):
    """Particles that showers are made for: the conditions of this task."""

    point: NDArray[np.float32]  # entry points in cm, shape (n, 2)
    momentum: NDArray[np.float32]  # momenta in GeV, shape (n, 3)

    @classmethod
    def from_array(cls, conditions: NDArray[np.float32]) -> "Particles":
        """Return the particles of conditions, shape (n, 5), in the order of `CONDITIONS`."""
        return cls(conditions[:, 3:], conditions[:, :3])

    @property
    def as_array(self) -> NDArray[np.float32]:
        """All numbers in the order of `CONDITIONS`, shape (n, 5)."""
        return np.hstack([self.momentum, self.point])

    @property
    def momentum_GeV(self) -> NDArray[np.float64]:
        """Sizes of the momenta, shape (n,)."""
        return np.linalg.norm(self.momentum.astype(np.float64), axis=1)


@dataclass(frozen=True)
class Showers(Rows):
    """Calorimeter images and the particles that made the showers."""

    energy: NDArray[np.float32]  # deposits (n, 30, 30), MeV; row = y, column = x
    point: NDArray[np.float32]  # entry points x, y (n, 2), cm
    momentum: NDArray[np.float32]  # px, py, pz (n, 3), GeV
    pdg: NDArray[np.int32] | None  # particle ids (n,); None where the source has none
    unscaled: NDArray[np.float32] | None = None  # if energy was scaled: deposits before that

    @property
    def conditions(self) -> Particles:
        """The particles that they were made for."""
        return Particles(self.point, self.momentum)


def read_out(images: NDArray[np.float32], threshold_MeV: float) -> NDArray[np.float32]:
    """Return images (n, 30, 30) in MeV with 0 in cells below the threshold."""
    return np.where(images < threshold_MeV, np.float32(0), images)
