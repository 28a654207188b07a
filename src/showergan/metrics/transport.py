"""Exact distance of optimal transport between two samples of points, in any space of a task."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from showergan.metrics.measured import Measured
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.metrics.samples import equal_samples

LARGEST = 1000  # points per side: the time grows with their third power
RESAMPLES = 5


def wasserstein_2(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compute the 2-Wasserstein distance of two samples: sqrt(min over pairings of the mean |x - y|^2).

    Between samples of equal size the best coupling is a pairing (Peyré & Cuturi 2019, proposition 2.1), found by
    SciPy's assignment. Two samples of one distribution are some distance apart, too: compare with the ceiling.

    Samples are cut to at most 1 000 points; `event_sd` is that of five bootstrap samples of both.
    """
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
    return float(np.sqrt(cost[linear_sum_assignment(cost)].mean()))


def wasserstein_2_in(space: str) -> Metric:
    """Return the metric of a space; points that are not finite are left out of the sample to judge."""

    def rows(pair: Pair) -> Iterator[Row]:
        real, other = pair.of_both(lambda sample: sample.spaces[space])
        finite = other[np.isfinite(other).all(axis=1)]
        yield "wasserstein_2", space, "all", wasserstein_2(real, finite, seed=pair.seed)

    return Metric(
        name="wasserstein_2",
        definition="exact 2-Wasserstein distance of at most 1 000 points a side: Peyré & Cuturi 2019",
        rows=rows,
        spaces=(space,),
        direction="lower",
        best=0,
        stage=Stage.EVERY_EPOCH,
        part=Part.DISTANCES,
        place=1,
        shown={space: {"all": "W2"}},
    )
