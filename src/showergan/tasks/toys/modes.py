"""How much of a mixture of Gaussians a sample of points covers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.measured import Measured, share

NEAR = 4.0  # standard deviations of a mode: of a mode's own points all but 0.03 % lie within
FOUND = 0.25  # of the points that a mode would get of a fair sample


def share_near_a_mode(points: ArrayLike, modes: ArrayLike, sd: float) -> Measured:
    """Return the share of points within 4 sd of a mode's centre, a point that is not finite being near none.

    Args:
        points: shape (n, 2).
        modes: centres, shape (k, 2).
        sd: of each coordinate about a centre.
    """
    return share(_nearest(points, modes, sd) >= 0)


def modes_found(points: ArrayLike, modes: ArrayLike, sd: float) -> Measured:
    """Return the number of modes that get at least a quarter of their fair share of all points, within 4 sd.

    Args:
        points: shape (n, 2).
        modes: centres, shape (k, 2).
        sd: of each coordinate about a centre.
    """
    nearest = _nearest(points, modes, sd)
    k, n = len(np.asarray(modes)), len(nearest)
    counts = np.bincount(nearest[nearest >= 0], minlength=k)
    return Measured(float((counts >= max(FOUND * n / k, 1)).sum()), n=n)


def _nearest(points: ArrayLike, modes: ArrayLike, sd: float) -> NDArray[np.int64]:
    """Return the number of the mode that each point is near to, -1 for none."""
    points, modes = np.asarray(points, np.float64), np.asarray(modes, np.float64)
    distance = np.linalg.norm(points[:, None] - modes, axis=-1)
    nearest = np.where(np.isfinite(distance), distance, np.inf).argmin(axis=1)
    within = distance[np.arange(len(points)), nearest] <= NEAR * sd
    return np.where(within, nearest, -1)
