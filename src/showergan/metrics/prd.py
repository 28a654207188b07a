"""Precision and recall for distributions (PRD): Sajjadi et al. 2018, arXiv:1806.00035."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics import clustering
from showergan.metrics.pair import Pair

if TYPE_CHECKING:
    import torch

    from showergan.metrics.clustering import Algorithm

ANGLES = 1001
CURVE_POINTS = 101  # of a curve that is kept
# Enough for the spread of a bootstrap, which a finer curve leaves unchanged.
BOOTSTRAP_ANGLES = 101
BOOTSTRAPS = 10  # of each repeat; the repeats are pooled
_EPSILON = 1e-10

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class EventSpread:
    """Standard deviations of PRD scores over bootstrap samples of the events.

    Attributes:
        auc: Of the area under the curve.
        f8: Of the recall.
        f1_8: Of the precision.
    """

    auc: float
    f8: float
    f1_8: float


@dataclass(frozen=True)
class PRDScores:
    """How alike two samples are, once per repeated clustering.

    Attributes:
        auc: (R,) areas under the PRD curve.
        f8: (R,) largest F_8 on the curve: recall.
        f1_8: (R,) largest F_1/8 on the curve: precision.
        event_sd: How far each of the three would move with other events.
        precision: (angles,) precision, the curve averaged over the repeats.
        recall: (angles,) recall, likewise.
        n: Points of each sample that were compared.
        n_real: Real points that were given.
        n_generated: Generated points that were given.
        n_invalid_real: Real rows among those compared with a non-finite entry.
        n_invalid_generated: Generated rows among those compared with a non-finite entry.
        clusters: Number of clusters used.
    """

    auc: _Array
    f8: _Array
    f1_8: _Array
    event_sd: EventSpread
    precision: _Array
    recall: _Array
    n: int
    n_real: int
    n_generated: int
    n_invalid_real: int
    n_invalid_generated: int
    clusters: int


def prd_curve(
    p_generated: ArrayLike, p_real: ArrayLike, angles: int = ANGLES
) -> tuple[_Array, _Array]:
    """Compute the PRD curve of discrete distributions (Sajjadi et al. 2018, equations 4 to 6).

    With slopes l = tan(angle) the precision is alpha(l) = sum_k min(l p_k, q_k), where p is the
    real and q the generated distribution, and the recall is beta(l) = alpha(l) / l.

    Args:
        p_generated: (..., K) histogram of generated points; sums to one.
        p_real: (..., K) histogram of real points; sums to one.
        angles: Number of equidistant angles in (0, pi/2).

    Returns:
        Precision and recall, both (..., angles); precision rises, recall falls.

    Raises:
        UserError: If the shapes differ or the histograms are not normalised.
    """
    generated, real = (np.asarray(p, dtype=np.float64) for p in (p_generated, p_real))
    if generated.shape != real.shape:
        raise UserError(f"PRD: histograms of shapes {generated.shape} and {real.shape}")
    if not (np.allclose(generated.sum(-1), 1) and np.allclose(real.sum(-1), 1)):
        raise UserError("PRD: the histograms do not sum to one")
    slopes = np.tan(np.linspace(_EPSILON, np.pi / 2 - _EPSILON, angles))
    precision = np.minimum(slopes[:, None] * real[..., None, :], generated[..., None, :]).sum(-1)
    return precision.clip(max=1), (precision / slopes).clip(max=1)


def prd_auc(precision: ArrayLike, recall: ArrayLike) -> _Array:
    """Integrate precision over recall by trapezia; (..., angles) -> (...)."""
    return -np.trapezoid(np.asarray(precision), np.asarray(recall), axis=-1)


def f_beta(precision: ArrayLike, recall: ArrayLike, beta: float) -> _Array:
    """Find the largest F_beta on PRD curves (Sajjadi et al. 2018, section 4.3).

    F_beta = (1 + beta^2) alpha r / (beta^2 alpha + r) of precision alpha and recall r; beta > 1
    favours recall.

    Args:
        precision: (..., angles).
        recall: (..., angles).
        beta: Weight of recall over precision.

    Returns:
        (...) maxima; 0 where precision and recall vanish together.
    """
    precision, recall = np.asarray(precision), np.asarray(recall)
    denominator = beta**2 * precision + recall
    product = (1 + beta**2) * precision * recall
    scores = np.divide(product, denominator, out=np.zeros_like(product), where=denominator > 0)
    return scores.max(axis=-1)


def event_spread(p_generated: _Array, p_real: _Array, n: int, seed: int) -> EventSpread:
    """Bootstrap the events behind histograms (Efron 1979), the clusters held fixed.

    Drawing n events again is drawing the counts of clusters from a multinomial distribution. Only
    the spread is of use: a second sampling lowers the scores themselves.

    Args:
        p_generated: (R, K) histograms of the generated points.
        p_real: (R, K) histograms of the real points.
        n: Points in each histogram.
        seed: Seed of the resampling.
    """
    random = np.random.default_rng([seed, n])
    drawn = [
        random.multinomial(n, p / p.sum(-1, keepdims=True), (BOOTSTRAPS, len(p))) / n
        for p in (p_generated, p_real)
    ]
    curve = prd_curve(drawn[0], drawn[1], BOOTSTRAP_ANGLES)
    values = prd_auc(*curve), f_beta(*curve, 8), f_beta(*curve, 1 / 8)
    return EventSpread(*(float(np.sqrt(v.var(axis=0, ddof=1).mean())) for v in values))


def prd_scores(
    real: ArrayLike,
    generated: ArrayLike,
    *,
    clusters: int,
    repeats: int,
    seed: int,
    algorithm: Algorithm = "minibatch",
    device: torch.device | str = "cpu",
) -> PRDScores:
    """Score generated against real points by PRD over repeated clusterings of their union.

    Unequal counts would pull the centres towards the larger sample, so it is first cut to the size
    of the smaller one by a random choice that depends on the seed only.

    Integers are classes already: each of the n d numbers counts as one event of its class, nothing is clustered, and
    the one value has no spread over repeats.

    Args:
        real: (n, d) real points, or classes.
        generated: (m, d) generated points.
        clusters: Number of clusters K, at most the number of points of the smaller sample.
        repeats: Number R of clusterings.
        seed: Seed of the choice and of the clusterings.
        algorithm: See `cluster_histograms`.
        device: Where to compute.

    Raises:
        UserError: If a sample is empty or misshapen, or a number is not positive.
    """
    samples = [np.asarray(a) for a in (real, generated)]
    n = min(map(len, samples))
    choice = np.random.default_rng(seed)
    balanced = [a if len(a) == n else choice.permutation(a)[:n] for a in samples]
    if np.issubdtype(np.result_type(*balanced), np.integer):
        events = balanced[0].size
        p_real, p_generated = class_histograms(*balanced)
    else:
        events = n
        p_real, p_generated = clustering.cluster_histograms(
            balanced[0], balanced[1], clusters, repeats, seed, algorithm=algorithm, device=device
        )
    precision, recall = prd_curve(p_generated, p_real)
    invalid = [int((~np.isfinite(a).all(axis=1)).sum()) for a in balanced]
    return PRDScores(
        auc=prd_auc(precision, recall),
        f8=f_beta(precision, recall, 8),
        f1_8=f_beta(precision, recall, 1 / 8),
        event_sd=event_spread(p_generated, p_real, events, seed),
        precision=precision.mean(axis=0),
        recall=recall.mean(axis=0),
        n=n,
        n_real=len(samples[0]),
        n_generated=len(samples[1]),
        n_invalid_real=invalid[0],
        n_invalid_generated=invalid[1],
        clusters=p_real.shape[-1] - 1,
    )


def class_histograms(real: ArrayLike, generated: ArrayLike) -> tuple[_Array, _Array]:
    """Return the shares of classes in two samples, (1, K + 1), as `cluster_histograms` does of clusters.

    Args:
        real: integers of any shape, a class each.
        generated: likewise.
    """
    first, second = (np.ravel(a) for a in (real, generated))
    classes, numbers = np.unique(np.concatenate([first, second]), return_inverse=True)
    # The last bin is that of points that are not finite, which integers never are.
    p, q = (
        np.bincount(part, minlength=len(classes) + 1)[None] / part.size
        for part in np.split(numbers, [first.size])
    )
    return p, q


def prd_curves(pair: Pair) -> pd.DataFrame:
    """Return the PRD curves of all events together: columns precision, recall and space, 101 points each."""
    thinned = np.linspace(0, ANGLES - 1, CURVE_POINTS).round().astype(int)
    recipe, tables = pair.recipe, []
    for space, (real, other) in pair.points.items():
        scores = prd_scores(
            real, other, clusters=recipe.clusters, repeats=recipe.repeats, seed=recipe.seed
        )
        curve = {"precision": scores.precision[thinned], "recall": scores.recall[thinned]}
        tables.append(pd.DataFrame(curve).assign(space=space))
    return pd.concat(tables, ignore_index=True)
