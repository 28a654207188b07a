"""The seven numbers that both networks are conditioned on."""

import numpy as np
from numpy.typing import NDArray

CONDITION_NAMES = ("px", "py", "pz", "x", "y", "angle", "radius")


def conditions(point: NDArray[np.float32], momentum: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return px, py, pz, x, y, atan2(y, x), sqrt(x^2 + y^2) of every particle.

    The last two are the polar coordinates of the entry point (Egorov & Rogachev, 2023).

    Args:
        point: Entry points x, y (n, 2) in cm.
        momentum: Momenta px, py, pz (n, 3) in GeV.

    Returns:
        Conditions (n, 7), float32, in the order of `CONDITION_NAMES`; GeV, cm and radians.
    """
    x, y = point.T
    columns = (*momentum.T, x, y, np.arctan2(y, x), np.hypot(x, y))
    return np.stack(columns, axis=1).astype(np.float32, copy=False)
