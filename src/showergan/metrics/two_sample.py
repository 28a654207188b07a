"""Classifier two-sample test: the separation of generated from real events by a classifier.

Lopez-Paz & Oquab 2017, arXiv:1610.06545; with calibrated probabilities as in the CaloChallenge, Krause et al. 2024,
arXiv:2410.21611.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from showergan.errors import UserError
from showergan.metrics.features import EMBEDDING, HIGH_LEVEL
from showergan.metrics.measured import RESAMPLES, Measured
from showergan.metrics.metric import Metric, Part, each_space
from showergan.metrics.samples import arrays_of

_FEWEST, _MOST = 20, 10_000
_TRAINING, _CALIBRATION = 0.6, 0.2

_Array = NDArray[np.float64]


def two_sample(
    real: ArrayLike, generated: ArrayLike, *, trainings: int = 3, seed: int
) -> tuple[Measured, Measured]:
    """Train boosted trees to tell two samples apart, and score them on events they have not seen.

    The samples are cut to equal size and to at most 10 000 events each. Every training splits the
    rows anew: 60 % train the trees, 20 % calibrate their scores by isotonic regression, 20 % are
    held out. Row i of both samples lands in the same part: where the sizes are equal, the two
    events may share their condition, which must not be both in training and held out.

    The AUC is the probability that a generated event scores above a real one, ties counting 1/2 (Mann & Whitney 1947):
    0.5 for equal samples, 1 for disjoint ones. The Jensen-Shannon divergence is JSD = 1 - BCE / ln 2 of the calibrated
    probabilities, BCE being the mean over the classes of the mean cross entropy. Only the true probabilities reach the
    divergence, so this is a lower bound up to fluctuations, and slightly negative for equal samples.

    `event_sd` is that of one training: of its held-out fifth of the events, the trees as they are.

    Features are (n, d) and (m, d); NaN stands for undefined, which the classifier distinguishes from any number.

    Returns:
        AUC, and JSD [bit]; NaN with fewer than 20 events per side.
    """
    samples = arrays_of(real, generated)
    if trainings < 1:
        raise UserError(f"two-sample test: {trainings} trainings; there must be at least one")

    random = np.random.default_rng(seed)
    first, second = _cut(samples, random)
    n = len(first)
    if n < _FEWEST:
        return Measured(np.nan, n=n), Measured(np.nan, n=n)
    results = np.array([_train(first, second, random) for _ in range(trainings)])
    value, event_sd = results.mean(axis=0).tolist()
    sd = results[:, 0].std(axis=0, ddof=1).tolist() if trainings > 1 else [np.nan, np.nan]
    auc, jsd = (Measured(*numbers, n) for numbers in zip(value, sd, event_sd, strict=True))
    return auc, jsd


def _cut(samples: tuple[_Array, _Array], random: np.random.Generator) -> tuple[_Array, _Array]:
    """Cut to equal sizes; samples of equal size lose the same rows, so that pairs stay pairs."""
    first, second = samples
    size = min(_MOST, len(first), len(second))
    rows = random.permutation(len(first))[:size]
    others = rows if len(first) == len(second) else random.permutation(len(second))[:size]
    # The trees cannot split between -inf and inf.
    return first[rows].clip(-1e300, 1e300), second[others].clip(-1e300, 1e300)


def _train(real: _Array, generated: _Array, random: np.random.Generator) -> tuple[_Array, _Array]:
    """Train, calibrate and score once: AUC and JSD of the held-out events, and their event_sd."""
    # It takes a second to import, which no training waits for.
    from sklearn.ensemble import HistGradientBoostingClassifier

    n = len(real)
    ends = [round(_TRAINING * n), round((_TRAINING + _CALIBRATION) * n)]
    parts = [np.vstack([real[i], generated[i]]) for i in np.split(random.permutation(n), ends)]
    labels = [np.repeat([0.0, 1.0], len(part) // 2) for part in parts]
    # A column without any number would stop the trees; a constant one is as useless to them.
    parts[0][:, np.isnan(parts[0]).all(axis=0)] = 0
    # One OpenMP thread: on so few events more of them mostly wait.
    with threadpool_limits(limits=1, user_api="openmp"):
        trees = HistGradientBoostingClassifier(
            max_iter=50,
            learning_rate=0.2,
            max_leaf_nodes=15,
            min_samples_leaf=10,
            early_stopping=False,
            random_state=0,
        ).fit(parts[0], labels[0])
        calibration, held_out = (trees.decision_function(part) for part in parts[1:])

    # Neither metric depends on more of an event than its score.
    levels, level = np.unique(held_out, return_inverse=True)
    classes = np.split(level, 2)
    counts = np.stack([np.bincount(of_class, minlength=len(levels)) for of_class in classes])
    probability = _calibrate(calibration, labels[1], levels)
    shares = counts / len(classes[0])
    resamples = random.multinomial(len(classes[0]), shares, size=(RESAMPLES, 2)) / len(classes[0])
    return _auc_and_jsd(shares, probability), _auc_and_jsd(resamples, probability).std(0, ddof=1)


def _calibrate(scores: _Array, labels: _Array, at: _Array) -> _Array:
    """Return the probability that an event with a score `at` is generated."""
    from sklearn.isotonic import IsotonicRegression

    # Half an event of each class at the wrong end keeps all probabilities off 0 and 1, whose cross entropy is
    # infinite. Clipping would keep blocks of one or two events far too sure.
    return (
        IsotonicRegression(out_of_bounds="clip")
        .fit(
            np.append(scores, [scores.min(), scores.max()]),
            np.append(labels, [1, 0]),
            np.append(np.ones(len(scores)), [0.5, 0.5]),
        )
        .predict(at)
    )


def _auc_and_jsd(shares: _Array, probability: _Array) -> _Array:
    """Score (..., 2, L) shares of the real and generated events at L rising scores, as (..., 2)."""
    real, generated = shares[..., 0, :], shares[..., 1, :]
    auc = (generated * (real.cumsum(axis=-1) - real / 2)).sum(axis=-1)
    jsd = 1 + (real @ np.log2(1 - probability) + generated @ np.log2(probability)) / 2
    return np.stack([auc, jsd], axis=-1)


CLASSIFIER_AUC = Metric(
    name="classifier_auc",
    definition="area under the ROC curve of boosted trees that see the conditions too, three trainings on 60 %, scored "
    "on a held-out 20 %: Lopez-Paz & Oquab 2017",
    rows=each_space(
        lambda pair: pair.with_conditions, two_sample, "classifier_auc", "classifier_jsd"
    ),
    spaces=(EMBEDDING, HIGH_LEVEL),
    direction="lower",
    best=0.5,
    worst=1,
    part=Part.DISTANCES,
    place=10,
    shown={space: {"all": "classifier AUC: {space}"} for space in (EMBEDDING, HIGH_LEVEL)},
)
CLASSIFIER_JSD = replace(
    CLASSIFIER_AUC,
    name="classifier_jsd",
    definition="Jensen-Shannon divergence from their probabilities, calibrated on the other 20 %: CaloChallenge 2024",
    best=0,
    unit="bit",
    place=11,
    shown={HIGH_LEVEL: {"all": "JSD: {space} [bit]"}},
)
