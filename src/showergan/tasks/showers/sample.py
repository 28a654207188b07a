"""Showers and the particles that made them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from showergan.tasks.showers.particles import Particles

IMAGE_SHAPE = (30, 30)
CELL_CM = 1.0

# Attributes that say in a file of showers what its numbers are.
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


@dataclass(frozen=True)
class Showers:
    """Calorimeter images with the conditions they were recorded under.

    Attributes:
        energy: Energy deposits (n, 30, 30), float32, MeV; row = y, column = x.
        point: Entry points x, y (n, 2), float32, cm.
        momentum: Momenta px, py, pz (n, 3), float32, GeV.
        pdg: Particle ids (n,), int32, or None where the source has none.
        unscaled: Of showers whose energy was scaled, the deposits before, like energy; else None.
    """

    energy: NDArray[np.float32]
    point: NDArray[np.float32]
    momentum: NDArray[np.float32]
    pdg: NDArray[np.int32] | None
    unscaled: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.energy)

    @property
    def conditions(self) -> Particles:
        """The particles that they were made for."""
        return Particles(self.point, self.momentum)

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> "Showers":
        """Return the showers at `index`: a slice, a boolean mask (n,) or integer positions."""
        return Showers(
            energy=self.energy[index],
            point=self.point[index],
            momentum=self.momentum[index],
            pdg=None if self.pdg is None else self.pdg[index],
            unscaled=None if self.unscaled is None else self.unscaled[index],
        )


def read_out(images: NDArray[np.float32], threshold_MeV: float) -> NDArray[np.float32]:
    """Return images (n, 30, 30) in MeV with 0 in cells below the threshold."""
    return np.where(images < threshold_MeV, np.float32(0), images)
