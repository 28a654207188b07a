"""Metrics of points: those of any task, optimal transport, and how much of a mixture of Gaussians is covered."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan import metrics
from showergan.config.tasks.toys import PLANE
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import COUNTS, HIGH_LEVEL, NOT_FINITE
from showergan.metrics.measured import Measured, share
from showergan.metrics.metric import Failure, Metric, Part, Registry, Row, Stage, metrics_in
from showergan.metrics.pair import Pair
from showergan.metrics.transport import wasserstein_2_in

NEAR = 4.0  # standard deviations of a mode: of a mode's own points all but 0.03 % lie within
FOUND = 0.25  # of the points that a mode would get of a fair sample


def share_near_a_mode(points: ArrayLike, modes: ArrayLike, sd: float) -> Measured:
    """Return the share of points within 4 sd of a mode's centre; a point that is not finite is near none.

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


def _rows(pair: Pair) -> Iterator[Row]:
    mixture: Any = pair.reference_statistics
    if len(mixture.modes):
        measured = pair.other.spaces[PLANE], mixture.modes, mixture.mode_sd
        yield "modes_found", PLANE, "all", modes_found(*measured)
        yield "near_a_mode", PLANE, "all", share_near_a_mode(*measured)


MODES_FOUND = Metric(
    name="modes_found",
    definition="modes that get at least a quarter of their fair share of all points, within 4 sd",
    rows=_rows,
    spaces=(PLANE,),
    direction="higher",
    best=None,
    worst=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=40,
    shown={PLANE: {"all": "modes found"}},
)
NEAR_A_MODE = Metric(
    name="near_a_mode",
    definition="share of points within 4 sd of a mode",
    rows=_rows,
    spaces=(PLANE,),
    direction="higher",
    best=1,
    worst=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=41,
    shown={PLANE: {"all": "share near a mode"}},
)
WASSERSTEIN_2 = wasserstein_2_in(PLANE)
METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={PLANE: PLANE},
    quantities={"x": "x", "y": "y"},
    spaces={HIGH_LEVEL: "points"},
    failures=(Failure("not finite", NOT_FINITE, COUNTS, above=0), COLLAPSED, REPEATING),
)
