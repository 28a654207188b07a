"""Metrics of images: those of any task, Fréchet and kernel distance of features, and the Inception score."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan import metrics
from showergan.config.tasks.images import CLASSIFIER, SPACES
from showergan.metrics.diversity import COLLAPSED, REPEATING
from showergan.metrics.features import HIGH_LEVEL
from showergan.metrics.measured import RESAMPLES, Measured
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
from showergan.metrics.physics_distance import frechet_distance, kpd
from showergan.metrics.samples import equal_samples

PROBABILITIES = "probabilities"  # that a classifier gives to the classes
FRECHET_RESAMPLES = 10


def embedded(pair: Pair) -> dict[str, Arrays]:
    """Return the features of both samples in the spaces of their embeddings, without those that are not finite.

    They are in units of the root mean square of all numbers of the real ones: a network that a run trains has no scale
    of its own that would mean something.
    """
    found = {}
    for space in SPACES:
        if space in pair.real.spaces:
            real, other = (sample.spaces[space] for sample in (pair.real, pair.other))
            scale = np.sqrt((real.astype(float) ** 2).mean()) or 1.0
            found[space] = real / scale, other[np.isfinite(other).all(axis=1)] / scale
    return found


def frechet(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compute the squared Fréchet distance of the Gaussians with the moments of two samples.

    Heusel et al. 2017, equation 6, with the features of another network. It is biased upwards by about a constant over
    n: compare with the ceiling, which has as many images. Of features (n, d) and (m, d) min(n, m) each are drawn.

    Returns:
        The distance, NaN of fewer than two images.

    Raises:
        UserError: a sample is misshapen or has a number that is not finite.
    """
    random = np.random.default_rng(seed)
    x, y = equal_samples(real, generated, random)
    n = len(x)
    if n < 2:
        return Measured(np.nan, n=n)
    drawn = random.integers(n, size=(FRECHET_RESAMPLES, 2, n))
    resampled = [_distance(x[rows], y[others]) for rows, others in drawn]
    return Measured(_distance(x, y), event_sd=float(np.std(resampled, ddof=1)), n=n)


def _distance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    moments = [
        moment
        for a in (x, y)
        for moment in (a.mean(axis=0), np.atleast_2d(np.cov(a, rowvar=False)))
    ]
    return float(frechet_distance(*moments))


def inception_score(probabilities: ArrayLike, *, seed: int) -> Measured:
    """Compute exp of the mean of KL(p(y|x) || p(y)), p(y) being the mean of p(y|x) (Salimans et al. 2016, section 4).

    1 where the classifier gives all images the same; the number of classes where it is sure of each, and all are
    equally frequent. Unlike there, the images are not divided into ten parts. Of the probabilities, shape (n, k), rows
    with numbers that are not finite are left out.
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
    from scipy.special import rel_entr  # slow to import, and no training waits for it

    divergences = rel_entr(probabilities, probabilities.mean(axis=0)).sum(axis=1)
    return float(np.exp(divergences.mean()))


def _inception_rows(pair: Pair) -> Iterator[Row]:
    if PROBABILITIES in pair.other.own:
        score = inception_score(pair.other.own[PROBABILITIES], seed=pair.seed)
        yield "inception_score", CLASSIFIER, "all", score


FRECHET = Metric(
    name="frechet",
    definition="squared Fréchet distance of Gaussians with the moments of the features: Heusel et al. 2017",
    rows=each_space(embedded, frechet, "frechet"),
    spaces=SPACES,
    direction="lower",
    best=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTANCES,
    place=1,
    shown={space: {"all": "Fréchet: {space}"} for space in SPACES},
)
KID = replace(
    FRECHET,
    name="kid",
    definition="squared maximum mean discrepancy of the features with the kernel (x.y / d + 1)^3, unbiased, the median "
    "over batches of at most 2 500: Bińkowski et al. 2018",
    rows=each_space(embedded, partial(kpd, degree=3), "kid"),
    # Unbiased, so it may be negative, which is not better than 0.
    direction="target",
    place=2,
    shown={space: {"all": "kernel distance: {space}"} for space in SPACES},
)
INCEPTION_SCORE = Metric(
    name="inception_score",
    definition="exp of the mean KL divergence of the class probabilities of an image from those of all: Salimans et "
    "al. 2016; the classifier is the run's own",
    rows=_inception_rows,
    spaces=(CLASSIFIER,),
    direction="higher",
    best=None,
    worst=1,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=40,
    shown={CLASSIFIER: {"all": "Inception score: {space}"}},
)
METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={space: space for space in SPACES},
    quantities={name: name for name in ("brightness", "contrast", "sharpness")},
    spaces={HIGH_LEVEL: "light and shade"},
    failures=(BROKEN, COLLAPSED, REPEATING),
)
