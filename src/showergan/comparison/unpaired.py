"""Intervals and tests for the means of a few values and for shares of failed ones: of one sample, or of two unpaired.

Runs of equal seed share first weights, data order and noise, and yet their scores do not correlate: training forgets
them. So runs of two methods are two samples, of any sizes.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FEWEST = (
    5  # values from which an interval is given: the spread of fewer says too little of their sd
)
AT_A_TIME = 1_000_000  # values in memory

Array = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate, and the ends of its interval; NaN where there are too few values."""

    value: float
    low: float
    high: float


class _Welch(NamedTuple):
    """Difference of two means, its standard error, and the degrees of freedom of that (Welch 1947)."""

    difference: float
    error: float
    freedom: float


def mean_interval(values: Array, level: float) -> Interval:
    """Return the mean of values, shape (n,), and Student's interval about it, of probability 1 - level."""
    n = len(values)
    mean = float(values.mean()) if n else math.nan
    if n < FEWEST:
        return Interval(mean, math.nan, math.nan)
    half = stats.t.ppf(1 - level / 2, n - 1) * values.std(ddof=1) / math.sqrt(n)
    return Interval(mean, float(mean - half), float(mean + half))


def difference_interval(x: Array, y: Array, level: float) -> Interval:
    """Return mean(x) - mean(y) and Welch's interval about it, of probability 1 - level, for shapes (n,) and (m,)."""
    if not len(x) or not len(y):
        return Interval(math.nan, math.nan, math.nan)
    if min(len(x), len(y)) < FEWEST:
        return Interval(float(x.mean() - y.mean()), math.nan, math.nan)
    difference, error, freedom = _welch(x, y)
    half = float(stats.t.ppf(1 - level / 2, freedom)) * error
    return Interval(difference, difference - half, difference + half)


def difference_p(x: Array, y: Array, resamples: int, seed: int) -> float:
    """Return the two-sided p-value of equal means: the larger of Welch's and that of permutations of Welch's t.

    Each alone calls too many equal methods different where the other does not. At the level of 5 % Welch's does so to
    an eighth of them, of 5 runs against 20 of which some fail; permutations to a fifth, of 5 runs with ten times the
    spread of the other 20, and to a tenth at the level of 0.6 %, which Holm's correction asks for with eight methods.
    1 below two values.
    """
    return max(welch_p(x, y), permutation_p(x, y, resamples, seed))


def welch_p(x: Array, y: Array) -> float:
    """Return the two-sided p-value of equal means by Welch's t (Welch 1947), 1 below two values.

    Exact for normal values of any two spreads but for the approximate degrees of freedom.
    """
    if min(len(x), len(y)) < 2:
        return 1.0
    difference, error, freedom = _welch(x, y)
    if error == 0:
        return float(difference == 0)
    return float(2 * stats.t.sf(abs(difference) / error, freedom))


def permutation_p(x: Array, y: Array, resamples: int, seed: int) -> float:
    """Return the two-sided p-value of equal means, by permutations of Welch's t over both samples (Janssen 1997).

    Exact where the two distributions are equal, whatever they are; where their spreads differ, it is right for large
    samples, as Welch's t is and a permutation of the difference is not. Twice the smaller of the two one-sided ones,
    from all divisions of the values if these are at most `resamples`, else from as many random ones. 1 below two
    values.
    """
    if min(len(x), len(y)) < 2 or np.ptp([*x, *y]) == 0:
        return 1.0
    test = stats.permutation_test(
        (x, y),
        _bounded_t,
        n_resamples=resamples,
        batch=max(1, AT_A_TIME // (len(x) + len(y))),
        vectorized=True,
        rng=seed,
    )
    return float(test.pvalue)


def smallest_p(n: int, m: int, resamples: int) -> float:
    """Return the smallest p-value that `difference_p` can give for n and m values."""
    return min(1.0, 2 / min(math.comb(n + m, n), resamples + 1)) if min(n, m) > 1 else 1.0


def equivalence_p(x: Array, y: Array, margin: float) -> float:
    """Return the p-value of means that differ by the margin or more: two one-sided Welch tests (Schuirmann 1987).

    Each asks whether the difference lies inside of one end of (-margin, margin); the larger p of the two counts, so
    that nothing needs correction. At the level 0.05 that is a 90 % interval within the margin. 1 below two values.
    """
    if min(len(x), len(y)) < 2:
        return 1.0
    difference, error, freedom = _welch(x, y)
    inside = margin - abs(difference)
    if error == 0:
        return float(inside <= 0)
    return float(stats.t.sf(inside / error, freedom))


def share_interval(hits: int, n: int, level: float) -> Interval:
    """Return the share of hits in n and Wilson's interval about it (Wilson 1927), of probability 1 - level."""
    if not n:
        return Interval(math.nan, math.nan, math.nan)
    ends = stats.binomtest(hits, n).proportion_ci(1 - level, method="wilson")
    return Interval(hits / n, float(ends.low), float(ends.high))


def _welch(x: Array, y: Array) -> _Welch:
    of_x, of_y = (float(values.var(ddof=1)) / len(values) for values in (x, y))
    variance = of_x + of_y
    spread = of_x**2 / (len(x) - 1) + of_y**2 / (len(y) - 1)
    # Where neither varies, any number does.
    freedom = variance**2 / spread if spread else len(x) + len(y) - 2
    return _Welch(float(x.mean() - y.mean()), math.sqrt(variance), freedom)


def _bounded_t(x: Array, y: Array, axis: int) -> Array:
    """Return t / (1 + |t|) of Welch's t, which orders permutations as t does and is finite where no value varies."""
    variances = (values.var(axis, ddof=1) / values.shape[axis] for values in (x, y))
    difference = x.mean(axis) - y.mean(axis)
    return difference / (np.abs(difference) + np.sqrt(sum(variances)))
