"""Metrics of points: those of any task, optimal transport, and how much of a mixture of Gaussians is covered."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan import metrics
from showergan.config.tasks.toys import PLANE
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import HIGH_LEVEL
from showergan.metrics.measured import Measured, share
from showergan.metrics.metric import (
    BROKEN,
    Metric,
    Part,
    Registry,
    Row,
    Stage,
    each_space,
    metrics_in,
)
from showergan.metrics.pair import Arrays, Pair
from showergan.metrics.samples import equal_samples

NEAR = 4.0  # standard deviations of a mode: of a mode's own points all but 0.03 % lie within
FOUND = 0.25  # of the points that a mode would get of a fair sample
LARGEST = 1000  # points per side in optimal transport: the time grows with their third power
RESAMPLES = 5  # of optimal transport


def share_near_a_mode(points: ArrayLike, modes: ArrayLike, sd: float) -> Measured:
    """Return the share of points within 4 sd of a mode, see `modes_found`; one that is not finite is near none."""
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


def wasserstein_2(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compute the 2-Wasserstein distance of two samples: sqrt(min over pairings of the mean |x - y|^2).

    Between samples of equal size the best coupling is a pairing (Peyré & Cuturi 2019, proposition 2.1), found by
    SciPy's assignment. Two samples of one distribution are some distance apart, too: compare with the ceiling.

    Samples are cut to at most 1 000 points; `event_sd` is that of five bootstrap samples of both.
    """
    from scipy.spatial.distance import cdist  # slow to import, and no training waits for it

    random = np.random.default_rng(seed)
    x, y = (sample[:LARGEST] for sample in equal_samples(real, generated, random))
    n = len(x)
    if n == 0:
        return Measured(np.nan)
    cost = cdist(x, y, "sqeuclidean")
    drawn = random.integers(n, size=(RESAMPLES, 2, n))
    resampled = [_distance(cost[np.ix_(rows, columns)]) for rows, columns in drawn]
    return Measured(_distance(cost), event_sd=float(np.std(resampled, ddof=1)), n=n)


def _distance(cost: NDArray[np.float64]) -> float:
    from scipy.optimize import linear_sum_assignment  # slow to import, and no training waits for it

    return float(np.sqrt(cost[linear_sum_assignment(cost)].mean()))


def _finite(pair: Pair) -> dict[str, Arrays]:
    real, other = pair.spaces[PLANE]
    return {PLANE: (real, other[np.isfinite(other).all(axis=1)])}


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
NEAR_A_MODE = replace(
    MODES_FOUND,
    name="near_a_mode",
    definition="share of points within 4 sd of a mode",
    best=1,
    place=41,
    shown={PLANE: {"all": "share near a mode"}},
)
WASSERSTEIN_2 = Metric(
    name="wasserstein_2",
    definition="exact 2-Wasserstein distance of at most 1 000 points a side: Peyré & Cuturi 2019",
    rows=each_space(_finite, wasserstein_2, "wasserstein_2"),
    spaces=(PLANE,),
    direction="lower",
    best=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTANCES,
    place=1,
    shown={PLANE: {"all": "W2"}},
)
METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={PLANE: PLANE},
    quantities={"x": "x", "y": "y"},
    spaces={HIGH_LEVEL: "points"},
    failures=(BROKEN, COLLAPSED, REPEATING),
)
