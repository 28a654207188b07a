"""Measured value of a metric with its uncertainties, and what metrics share to find them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 50


class Measured(NamedTuple):
    """A metric of two samples.

    Attributes:
        value: of the metric; NaN where it is undefined.
        sd: spread over repeats of what is random in the metric itself, such as clusterings or trainings; NaN where
            nothing is.
        event_sd: standard deviation over bootstrap samples of the events (Efron 1979).
        n: events per side behind the value.
        clusters: number of clusters; NaN of metrics that do not cluster.
        flagged: whether n is too small for as many clusters; likewise.
    """

    value: float
    sd: float = math.nan
    event_sd: float = math.nan
    n: int = 0
    clusters: float = math.nan
    flagged: bool | float = math.nan


def share(hits: NDArray[np.bool_]) -> Measured:
    """Return the share of objects, shape (n,), that are hit; `event_sd` is the closed form of its bootstrap."""
    n = len(hits)
    if not n:
        return Measured(math.nan)
    value = float(hits.mean())
    return Measured(value, event_sd=math.sqrt(value * (1 - value) / n), n=n)


def mean_relative_difference(values: Sequence[Measured], real: Sequence[Measured]) -> Measured:
    """Average |value / real - 1| over pairs of positive numbers, both with independent errors.

    Equal samples give the size of their statistical errors, not 0.
    """
    v, r = (np.array([(m.value, m.event_sd) for m in side]).T for side in (values, real))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = v[0] / r[0]
        error = np.abs(ratio) * np.hypot(v[1] / v[0], r[1] / r[0])
    event_sd = float(np.sqrt((error**2).sum()) / len(values))
    n = min(m.n for m in (*values, *real))
    return Measured(float(np.abs(ratio - 1).mean()), event_sd=event_sd, n=n)


def bootstrap_weights(
    n: int, random: np.random.Generator, resamples: int = RESAMPLES
) -> NDArray[np.int64]:
    """Draw n of n events with replacement, several times (Efron 1979).

    Returns:
        (resamples, n) numbers of draws; rows sum to n.
    """
    drawn = [np.bincount(random.integers(n, size=n), minlength=n) for _ in range(resamples)]
    return np.array(drawn, dtype=np.int64).reshape(resamples, n)
