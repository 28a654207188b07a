"""Diversity and duplicates of a sample, which show a collapsed generator and one that repeats a few objects."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.features import HIGH_LEVEL, OBSERVABLES
from showergan.metrics.measured import Measured, bootstrap_weights, share
from showergan.metrics.metric import Failure, Metric, Part, Stage, each_space
from showergan.metrics.samples import equal_samples

CLOSEST = 0.01  # share of real objects, whose distance to the nearest other one makes a near copy
_ROUNDING = 1e-6  # of features of unit scale: copies differ by so much after float32

_Array = NDArray[np.float64]


def diversity(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compare the median distance between two generated objects with that of two real ones.

    Each event is paired with another by a random cyclic order. The median ignores a few outliers,
    which would make a collapsed sample look diverse.

    Returns:
        The ratio: 1 for equal distributions, 0 if all generated objects are one; NaN with fewer
        than two events in a sample.
    """
    random = np.random.default_rng(seed)
    samples = [np.asarray(a, dtype=np.float64) for a in (real, generated)]
    n = min(map(len, samples))
    if n < 2:
        return Measured(np.nan, n=n)
    distances = [_distances(a, random) for a in samples]
    medians = [float(np.median(d)) for d in distances]
    errors = [_median_sd(d, random) for d in distances]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(medians[1], medians[0])
        relative = np.hypot(np.divide(errors[0], medians[0]), np.divide(errors[1], medians[1]))
    return Measured(float(ratio), event_sd=float(ratio * relative), n=n)


def _distances(points: _Array, random: np.random.Generator) -> _Array:
    order = random.permutation(len(points))
    return np.linalg.norm(points[order] - points[np.roll(order, 1)], axis=1)


def _median_sd(values: _Array, random: np.random.Generator) -> float:
    ordered = np.sort(values)
    drawn = bootstrap_weights(len(ordered), random).cumsum(axis=1)
    return float(ordered[(drawn >= len(ordered) / 2).argmax(axis=1)].std(ddof=1))


def duplicates(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Return the fraction of generated objects that have a near copy among the others.

    Two are near copies where they are no farther apart than the closest 1 % of the real ones are from the nearest other
    one. The measure is this project's own. Equal distributions give 0.01, a density that is f times as
    large 1 - 0.99^f, for the nearest of n random points is farther than r with the probability exp(-n mass(r));
    k distinct ones drawn n times give 1 - (1 - 1/k)^(n - 1).

    Features are of unit scale, and of the objects alone, or a repeated one changes with its conditions. `event_sd` is
    that of a share of n objects: the distance stays.
    """
    x, y = equal_samples(real, generated, np.random.default_rng(seed))
    n = len(x)
    if n < 2:
        return Measured(math.nan, n=n)
    near = max(float(np.quantile(_nearest(x), CLOSEST)), _ROUNDING)
    return share(_nearest(y) <= near)


def _nearest(points: _Array) -> _Array:
    """Return the distance of each point (n, d) to the nearest other one."""
    from scipy.spatial import KDTree  # slow to import, and no training waits for it

    # A tree of many equal points is slow: they are found first.
    distinct, inverse, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    distances = np.zeros(len(distinct))
    if len(distinct) > 1:
        distances = np.asarray(KDTree(distinct).query(distinct, k=[2])[0])[:, 0]
    return np.where(counts > 1, 0.0, distances)[inverse.reshape(-1)]


DIVERSITY = Metric(
    name="diversity",
    definition="median distance of two generated ones over that of two real ones; 0: collapsed",
    rows=each_space(lambda pair: pair.high_level, diversity, "diversity"),
    spaces=(HIGH_LEVEL,),
    direction="target",
    best=1,
    worst=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=31,
)
COLLAPSED = Failure("collapsed", "diversity", HIGH_LEVEL, below=0.1, column="diversity")
DUPLICATES = Metric(
    name="duplicates",
    definition="share that has a near copy in its sample: no farther apart than the closest 1 % of the real ones are "
    "from their nearest. A density f times as large gives 1 - 0.99^f, k distinct ones drawn n times 1 - (1 - 1/k)ⁿ⁻¹",
    rows=each_space(lambda pair: pair.observables, duplicates, "duplicates"),
    spaces=(OBSERVABLES,),
    direction="lower",
    best=CLOSEST,
    worst=1,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=30,
    shown={OBSERVABLES: {"all": "duplicates"}},
)
REPEATING = Failure("repeating", "duplicates", OBSERVABLES, above=0.1, column="duplicates")
