"""The Inception score of pictures, of the classifier that the run trained."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr

from showergan.metrics.measured import RESAMPLES, Measured
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.tasks.images.spaces import CLASSIFIER, PROBABILITIES


def inception_score(probabilities: ArrayLike, *, seed: int) -> Measured:
    """Compute exp of the mean of KL(p(y|x) || p(y)), p(y) being the mean of p(y|x) (Salimans et al. 2016, section 4).

    1 where the classifier says the same of all pictures; the number of classes where it is sure of each, and all are
    equally frequent. Unlike there, the pictures are not divided into ten parts.

    Args:
        probabilities: of each class, shape (n, k); pictures with numbers that are not finite are left out.
        seed: of the bootstrap.
    """
    found = np.asarray(probabilities, np.float64)
    found = found[np.isfinite(found).all(axis=1)]
    n = len(found)
    if n == 0:
        return Measured(np.nan)
    random = np.random.default_rng(seed)
    resampled = [_score(found[random.integers(n, size=n)]) for _ in range(RESAMPLES)]
    return Measured(_score(found), event_sd=float(np.std(resampled, ddof=1)), n=n)


def _score(probabilities: NDArray[np.float64]) -> float:
    divergences = rel_entr(probabilities, probabilities.mean(axis=0)).sum(axis=1)
    return float(np.exp(divergences.mean()))


def _rows(pair: Pair) -> Iterator[Row]:
    if PROBABILITIES in pair.other.own:
        score = inception_score(pair.other.own[PROBABILITIES], seed=pair.seed)
        yield "inception_score", CLASSIFIER, "all", score


INCEPTION_SCORE = Metric(
    name="inception_score",
    definition="exp of the mean KL divergence of the class probabilities of a picture from those of all: Salimans et "
    "al. 2016; the classifier is the run's own",
    rows=_rows,
    spaces=(CLASSIFIER,),
    direction="higher",
    best=None,
    worst=1,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=40,
    shown={CLASSIFIER: {"all": "Inception score: {space}"}},
)
