"""How different the objects of a sample are from each other: a collapsed generator's are not."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.failure import Failure
from showergan.metrics.measured import Measured, bootstrap_weights
from showergan.metrics.metric import HIGH_LEVEL, Asked, Metric, Part, Row
from showergan.metrics.pair import Pair

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


def _rows(pair: Pair) -> Iterator[Row]:
    if HIGH_LEVEL in pair.standardised:
        real, other = pair.standardised[HIGH_LEVEL]
        yield "diversity", HIGH_LEVEL, "all", diversity(real, other, seed=pair.seed)


DIVERSITY = Metric(
    name="diversity",
    definition="median distance of two generated ones over that of two real ones; 0: collapsed",
    rows=_rows,
    spaces=(HIGH_LEVEL,),
    direction="target",
    best=1,
    worst=0,
    asked=Asked.COURSE,
    part=Part.DISTRIBUTIONS,
    place=31,
)
COLLAPSED = Failure("collapsed", "diversity", HIGH_LEVEL, below=0.1, column="diversity")
