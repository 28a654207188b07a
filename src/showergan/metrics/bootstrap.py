"""Bootstrap samples of events (Efron 1979), as weights: how often each event is drawn."""

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 50


def bootstrap_weights(
    n: int, random: np.random.Generator, resamples: int = RESAMPLES
) -> NDArray[np.int64]:
    """Draw n of n events with replacement, several times.

    Args:
        n: Number of events.
        random: Source of the draws.
        resamples: Number B of bootstrap samples.

    Returns:
        (B, n) numbers of draws; rows sum to n.
    """
    drawn = [np.bincount(random.integers(n, size=n), minlength=n) for _ in range(resamples)]
    return np.array(drawn, dtype=np.int64).reshape(resamples, n)
