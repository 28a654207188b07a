"""Where the energy of showers is centred: in the image, and in depth."""

import numpy as np
from numpy.typing import NDArray

from showergan.metrics.samples import ROUNDING
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE, Showers

CELLS_CM = (np.arange(IMAGE_SHAPE[0]) - (IMAGE_SHAPE[0] - 1) / 2) * CELL_CM


def energy_centre(energy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the energy-weighted mean x, y (n, 2) [cm] of images (n, 30, 30); NaN where there is no energy."""
    total = energy.sum(axis=(1, 2), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = energy.sum(axis=1, dtype=np.float64) @ CELLS_CM / total
        y = energy.sum(axis=2, dtype=np.float64) @ CELLS_CM / total
    return np.column_stack([x, y])


class DepthFit:
    """The depth z of the energy centre behind the entry points, from showers that come in chunks.

    A particle that enters at p with the slopes s = (px/pz, py/pz) is at p + z s at the depth z, so the centre of energy
    c is there on average, with no intercept. Least squares through the origin, in x and y together and with equal
    weights for all n showers, minimises sum |c - p - z s|^2 and gives

        z = sum (c - p) . s / sum |s|^2.

    Two sums are kept, so memory does not grow. Showers without energy have no centre; they are left out and counted.

    Attributes:
        n_without_energy: showers left out so far.
    """

    def __init__(self) -> None:
        self.n_without_energy = 0
        self._n, self._projected, self._squares = 0, 0.0, 0.0

    def add(self, showers: Showers) -> None:
        """Take in some showers."""
        filled = showers.energy.max(axis=(1, 2)) > 0
        self.n_without_energy += int(np.count_nonzero(~filled))
        kept = showers.select(filled)
        self._n += len(kept)
        slope = kept.momentum[:, :2].astype(np.float64) / kept.momentum[:, 2:]
        self._projected += float(((energy_centre(kept.energy) - kept.point) * slope).sum())
        self._squares += float((slope**2).sum())

    @property
    def depth_cm(self) -> float:
        """The depth z; 0 if no shower with energy is inclined but by rounding, because then no place depends on it."""
        inclined = self._squares > self._n * ROUNDING**2
        return self._projected / self._squares if inclined else 0.0
