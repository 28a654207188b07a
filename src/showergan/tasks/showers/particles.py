"""The particles that showers are made for: the conditions of this task."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CONDITIONS = ("px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm")


class Particles(NamedTuple):
    """Particles: what a shower is generated for.

    Attributes:
        point: entry points in cm, shape (n, 2).
        momentum: momenta in GeV, shape (n, 3).
    """

    point: NDArray[np.float32]
    momentum: NDArray[np.float32]

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
