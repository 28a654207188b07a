"""PRD over the clusters of scikit-learn in place of ours: the published recipe, and fully converged k-means."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, MiniBatchKMeans
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

RECIPE = partial(MiniBatchKMeans, n_init=10)
LLOYD = KMeans  # which is another metric

Array = NDArray[np.float64]


@contextmanager
def clustered_by(estimator: Callable[..., Any]) -> Iterator[None]:
    """Let PRD cluster with an estimator of scikit-learn."""
    with patch("showergan.metrics.kmeans.cluster_histograms", partial(histograms, estimator)):
        yield


def histograms(
    estimator: Callable[..., Any],
    real: Array,
    generated: Array,
    clusters: int,
    repeats: int,
    seed: int,
) -> tuple[Array, Array]:
    """Return what `cluster_histograms` returns of finite points, one fit per repeat."""
    union, n = np.vstack([real, generated]), len(real)
    counts = np.zeros((2, repeats, clusters + 1))
    # One OpenMP thread, as in the published code: on such small batches more of them only wait.
    with threadpool_limits(limits=1, user_api="openmp"):
        for repeat, state in enumerate(np.random.SeedSequence(seed).generate_state(repeats)):
            fit = estimator(n_clusters=clusters, random_state=int(state)).fit(union)
            for half, labels in zip(counts, (fit.labels_[:n], fit.labels_[n:]), strict=True):
                half[repeat] = np.bincount(labels, minlength=clusters + 1)
    return counts[0] / n, counts[1] / len(generated)
