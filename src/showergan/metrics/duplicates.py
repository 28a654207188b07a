"""Objects that a sample holds more than once: those of a generator that repeats a few."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from showergan.metrics.failure import Failure
from showergan.metrics.measured import Measured, share
from showergan.metrics.metric import OBSERVABLES, Asked, Metric, Part, Row
from showergan.metrics.pair import Pair
from showergan.metrics.samples import equal_samples

QUANTILE = 0.01
_ROUNDING = 1e-6  # of features of unit scale: copies differ by so much after float32

_Array = NDArray[np.float64]


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
    near = max(float(np.quantile(_nearest(x), QUANTILE)), _ROUNDING)
    return share(_nearest(y) <= near)


def _nearest(points: _Array) -> _Array:
    """Return the distance of each point (n, d) to the nearest other one."""
    # A tree of many equal points is slow: they are found first.
    distinct, inverse, counts = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    distances = np.zeros(len(distinct))
    if len(distinct) > 1:
        distances = np.asarray(KDTree(distinct).query(distinct, k=[2])[0])[:, 0]
    return np.where(counts > 1, 0.0, distances)[inverse.reshape(-1)]


def _rows(pair: Pair) -> Iterator[Row]:
    for space, (real, other) in pair.observables.items():
        yield "duplicates", space, "all", duplicates(real, other, seed=pair.seed)


DUPLICATES = Metric(
    name="duplicates",
    definition="share that has a near copy in its sample: no farther apart than the closest 1 % of the real ones are "
    "from their nearest. A density f times as large gives 1 - 0.99^f, k distinct ones drawn n times 1 - (1 - 1/k)ⁿ⁻¹",
    rows=_rows,
    spaces=(OBSERVABLES,),
    direction="lower",
    best=QUANTILE,
    worst=1,
    asked=Asked.COURSE,
    part=Part.DISTRIBUTIONS,
    place=30,
    shown={OBSERVABLES: {"all": "duplicates"}},
)
REPEATING = Failure("repeating", "duplicates", OBSERVABLES, above=0.1, column="duplicates")
