"""Precision and recall for distributions (PRD): Sajjadi et al. 2018, arXiv:1806.00035."""

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.measured import Measured
from showergan.metrics.pair import Pair
from showergan.metrics.samples import points_of, varies

ANGLES = 1001
CURVE_POINTS = 101  # of a curve that is kept
# Enough for the spread of a bootstrap, which a finer curve leaves unchanged.
BOOTSTRAP_ANGLES = 101
BOOTSTRAPS = 10  # of each repeat; the repeats are pooled
_EPSILON = 1e-10
_CHUNK = 2**15  # numbers at a time, which stay in the cache

_Array = NDArray[np.float64]


class PRDScores(NamedTuple):
    """Scores of a sample by PRD; the first three are named as their metrics.

    Attributes:
        prd_auc: (R,) areas under the PRD curve, one per repeated clustering.
        f8: (R,) largest F_8 on the curve: recall.
        f1_8: (R,) largest F_1/8 on the curve: precision.
        event_sd: how far each of these, by name, would move with other events.
        precision: (angles,) precision, the curve averaged over the repeats.
        recall: (angles,) recall, likewise.
        n: points of each sample that were compared.
        clusters: number of clusters used.
    """

    prd_auc: _Array
    f8: _Array
    f1_8: _Array
    event_sd: dict[str, float]
    precision: _Array
    recall: _Array
    n: int
    clusters: int


SCORES = PRDScores._fields[:3]


class Curve(NamedTuple):
    """A PRD curve: precision, rising, and recall, falling, both of shape (angles,)."""

    precision: _Array
    recall: _Array


def prd_auc(
    real: ArrayLike, generated: ArrayLike, *, clusters: int = 20, repeats: int = 10, seed: int = 1
) -> Measured:
    """Return the area under the PRD curve of two samples of features: 0 for disjoint samples, up to 1 for equal ones.

    Equal distributions score below 1 where points are few: compare with what two real samples of the same size score.

    Args:
        real: (n, d) features of real objects.
        generated: (m, d) the same features of generated ones.
        clusters: K of k-means on the union of both.
        repeats: clusterings, whose areas are averaged.
        seed: of everything random.

    Returns:
        value, the mean over the clusterings; sd, their spread; event_sd, how far it would move with other points; n,
        points per side: the larger sample is cut to the size of the smaller one by a random choice.

    Raises:
        UserError: samples are misshapen, not finite, or of fewer points than clusters; or a number is out of range.

    Examples:
        Samples of one distribution, and of one that is moved by two standard deviations:

        >>> import numpy as np
        >>> import showergan
        >>> real, generated = np.random.default_rng(1).normal(size=(2, 1000, 3))
        >>> showergan.prd_auc(real, generated).value > 0.95
        True
        >>> showergan.prd_auc(real, generated + 2).value < 0.1
        True
        >>> showergan.prd_auc(real, generated, clusters=1)
        Traceback (most recent call last):
        showergan.errors.UserError: clusters = 1: give an integer of at least 2.
    """
    scores = _of_samples(real, generated, clusters, repeats, seed)
    sd = float(scores.prd_auc.std(ddof=1)) if repeats > 1 else np.nan
    return Measured(float(scores.prd_auc.mean()), sd, scores.event_sd["prd_auc"], scores.n)


def prd_curve(
    real: ArrayLike, generated: ArrayLike, *, clusters: int = 20, repeats: int = 10, seed: int = 1
) -> Curve:
    """Return the PRD curve of two samples of features, averaged over clusterings; arguments and errors of `prd_auc`."""
    scores = _of_samples(real, generated, clusters, repeats, seed)
    return Curve(scores.precision, scores.recall)


def _of_samples(
    real: ArrayLike, generated: ArrayLike, clusters: int, repeats: int, seed: int
) -> PRDScores:
    limits = {"clusters": (clusters, 2), "repeats": (repeats, 1), "seed": (seed, 0)}
    for name, (value, least) in limits.items():
        if not isinstance(value, Integral) or value < least:
            raise UserError(f"{name} = {value!r}: give an integer of at least {least}.")
    points = points_of(real, generated, fewest=clusters)
    return prd_scores(*points, clusters=int(clusters), repeats=int(repeats), seed=int(seed))


def curve_of_histograms(
    p_generated: ArrayLike, p_real: ArrayLike, angles: int = ANGLES
) -> tuple[_Array, _Array]:
    """Compute the PRD curve of discrete distributions (Sajjadi et al. 2018, equations 4 to 6).

    With slopes l = tan(angle) the precision is alpha(l) = sum_k min(l p_k, q_k), where p is the
    real and q the generated distribution, and the recall is beta(l) = alpha(l) / l.

    Returns:
        Precision, rising, and recall, falling, both (..., angles), at equidistant angles in (0, pi/2).

    Raises:
        UserError: the histograms, both (..., K), have other shapes, or do not sum to one.
    """
    generated, real = (np.asarray(p, dtype=np.float64) for p in (p_generated, p_real))
    if generated.shape != real.shape:
        raise UserError(f"PRD: histograms of shapes {generated.shape} and {real.shape}")
    if not all(np.allclose(p.sum(-1), 1) and (p >= 0).all() for p in (generated, real)):
        raise UserError("PRD: the histograms do not sum to one, or have negative entries")
    slopes = np.tan(np.linspace(_EPSILON, np.pi / 2 - _EPSILON, angles))
    shape = real.shape[:-1]
    real, generated = (p.reshape(-1, 1, p.shape[-1]) for p in (real, generated))
    precision = np.empty((len(real), angles))
    step = max(1, _CHUNK // (angles * real.shape[-1]))
    for first in range(0, len(real), step):
        part = slice(first, first + step)
        least = slopes[:, None] * real[part]
        np.minimum(least, generated[part], out=least).sum(-1, out=precision[part])
    precision = precision.reshape(*shape, angles)
    return precision.clip(max=1), (precision / slopes).clip(max=1)


def area(precision: ArrayLike, recall: ArrayLike) -> _Array:
    """Integrate precision over recall by trapezia; (..., angles) -> (...)."""
    return -np.trapezoid(np.asarray(precision), np.asarray(recall), axis=-1)


def f_beta(precision: ArrayLike, recall: ArrayLike, beta: float) -> _Array:
    """Find the largest F_beta on PRD curves (Sajjadi et al. 2018, section 4.3); (..., angles) -> (...).

    F_beta = (1 + beta^2) alpha r / (beta^2 alpha + r) of precision alpha and recall r, 0 where both vanish; beta > 1
    favours recall.
    """
    precision, recall = np.asarray(precision), np.asarray(recall)
    denominator = beta**2 * precision + recall
    product = (1 + beta**2) * precision * recall
    scores = np.divide(product, denominator, out=np.zeros_like(product), where=denominator > 0)
    return scores.max(axis=-1)


def prd_scores(
    real: ArrayLike, generated: ArrayLike, *, clusters: int, repeats: int, seed: int
) -> PRDScores:
    """Score generated against real points by PRD over repeated clusterings of their union.

    Unequal counts would pull the centres towards the larger sample, so it is first cut to the size of the smaller one
    by a random choice that depends on the seed only. Arguments and errors are those of `cluster_histograms`.

    Integers are classes already: each of the n d numbers counts as one event of its class, nothing is clustered, and
    the one value has no spread over repeats.

    The scores are NaN if fewer than half of the real points are finite, or all finite ones coincide: any sample with
    the same fault would get 1.
    """
    samples = [np.asarray(a) for a in (real, generated)]
    n = min(map(len, samples))
    if n and not comparable(samples[0]):
        nothing, curve = np.full(repeats, np.nan), np.full(ANGLES, np.nan)
        of_events = dict.fromkeys(SCORES, np.nan)
        return PRDScores(nothing, nothing, nothing, of_events, curve, curve, n, clusters)
    choice = np.random.default_rng(seed)
    first, second = (a if len(a) == n else choice.permutation(a)[:n] for a in samples)
    if np.issubdtype(np.result_type(first, second), np.integer):
        events, histograms = first.size, _class_histograms(first, second)
    else:
        # It imports PyTorch, which figures and tables of scores do not wait for.
        from showergan.metrics.kmeans import cluster_histograms

        events, histograms = n, cluster_histograms(first, second, clusters, repeats, seed)
    precision, recall = curve_of_histograms(histograms[1], histograms[0])
    return PRDScores(
        *_of_curves(precision, recall),
        event_sd=_event_sd(*histograms, events, seed),
        precision=precision.mean(axis=0),
        recall=recall.mean(axis=0),
        n=n,
        clusters=histograms[0].shape[-1] - 1,
    )


def comparable(real: NDArray[Any]) -> bool:
    """Return whether PRD of real points, (n, d), is defined: half of them are finite, and not all alike."""
    if np.issubdtype(real.dtype, np.integer):
        return True
    finite = real[np.isfinite(real).all(axis=1)]
    return 2 * len(finite) >= len(real) and bool(varies(finite, unit=0).any())


def prd_curves(pair: Pair) -> pd.DataFrame:
    """Return the PRD curves of all events together: columns precision, recall and space, 101 points each."""
    thinned = np.linspace(0, ANGLES - 1, CURVE_POINTS).round().astype(int)
    how, tables = pair.recipe.model_dump(include={"clusters", "repeats", "seed"}), []
    for space, samples in pair.points.items():
        scores = prd_scores(*samples, **how)
        curve = {"precision": scores.precision[thinned], "recall": scores.recall[thinned]}
        tables.append(pd.DataFrame(curve).assign(space=space))
    return pd.concat(tables, ignore_index=True)


def _class_histograms(
    real: NDArray[np.integer], generated: NDArray[np.integer]
) -> tuple[_Array, _Array]:
    """Return the shares of classes in two samples, (1, K + 1), in the form of `cluster_histograms`."""
    classes, numbers = np.unique([real.ravel(), generated.ravel()], return_inverse=True)
    # The last bin is that of points that are not finite: empty for integers.
    n = len(classes) + 1
    p, q = (np.bincount(a, minlength=n)[None] / a.size for a in numbers.reshape(2, -1))
    return p, q


def _of_curves(precision: _Array, recall: _Array) -> tuple[_Array, _Array, _Array]:
    curves = precision, recall
    return area(*curves), f_beta(*curves, 8), f_beta(*curves, 1 / 8)


def _event_sd(p_real: _Array, p_generated: _Array, n: int, seed: int) -> dict[str, float]:
    """Return the sd of AUC, F_8 and F_1/8 over bootstrap samples of n events (Efron 1979), the clusters held fixed.

    Drawing events again is drawing the counts of clusters, (R, K), from a multinomial distribution. Only their spread
    is used: a second sampling lowers the scores themselves.
    """
    random = np.random.default_rng([seed, n])
    generated, real = (
        random.multinomial(n, p / p.sum(-1, keepdims=True), (BOOTSTRAPS, len(p))) / n
        for p in (p_generated, p_real)
    )
    values = _of_curves(*curve_of_histograms(generated, real, BOOTSTRAP_ANGLES))
    named = zip(SCORES, values, strict=True)
    return {name: float(np.sqrt(v.var(axis=0, ddof=1).mean())) for name, v in named}
