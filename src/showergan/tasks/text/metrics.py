"""Metrics of lines: those of any task, divergence of n-grams, and repeated lines."""

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan import metrics
from showergan.metrics.measured import Measured, bootstrap_weights, share
from showergan.metrics.metric import (
    BROKEN,
    Failure,
    Metric,
    Part,
    Registry,
    Row,
    Stage,
    each_space,
    metrics_in,
)
from showergan.metrics.pair import Pair

NGRAMS = {f"{n}-grams": n for n in (1, 2, 3, 4)}
RESAMPLES = 20

_Codes = NDArray[np.number]
LINES = "1-grams"  # in their order they are the lines


def ngrams(code: NDArray[np.uint8], n: int) -> NDArray[np.uint32]:
    """Return the n-grams, n <= 4, within lines, shape (lines, length), as numbers, shape (lines, length - n + 1)."""
    width = code.shape[1] - n + 1
    numbers = np.zeros((len(code), width), np.uint32)
    for place in range(n):
        numbers = numbers << 8 | code[:, place : place + width]
    return numbers


def divergence(real: _Codes, generated: _Codes, *, seed: int) -> Measured:
    """Return the Jensen-Shannon divergence [bit] between the n-gram distributions of two samples of lines.

    JS = H((p + q) / 2) - (H(p) + H(q)) / 2 with the entropies H (Lin 1991, equation 4.1; of n-grams Gulrajani et al.
    2017, section 5.5): 0 for equal distributions, 1 for disjoint ones. Two samples of one text are apart, too, and the
    more the rarer their n-grams: compare with the ceiling. Samples are n-grams as `ngrams` gives them, shape
    (lines, m); the bootstrap draws lines.
    """
    if not len(real) or not len(generated):
        return Measured(np.nan)
    _, classes = np.unique(np.concatenate([real, generated]), return_inverse=True)
    classes = classes.reshape(-1, real.shape[1])
    samples, k = np.split(classes, [len(real)]), classes.max() + 1
    value = _jensen_shannon(*(np.bincount(sample.ravel(), minlength=k) for sample in samples))
    random = np.random.default_rng(seed)
    weights = [bootstrap_weights(len(sample), random, RESAMPLES) for sample in samples]
    resampled = [
        _jensen_shannon(
            *(
                np.bincount(sample.ravel(), np.repeat(drawn, sample.shape[1]), minlength=k)
                for sample, drawn in zip(samples, draws, strict=True)
            )
        )
        for draws in zip(*weights, strict=True)
    ]
    n = min(map(len, samples))
    return Measured(value, event_sd=float(np.std(resampled, ddof=1)), n=n)


def _jensen_shannon(first: NDArray[np.number], second: NDArray[np.number]) -> float:
    """Return the divergence [bit] of counts, each shape (k,)."""
    p, q = first / first.sum(), second / second.sum()
    return float(_entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2)


def _entropy(shares: NDArray[np.float64]) -> float:
    there = shares[shares > 0]
    return float(-(there * np.log2(there)).sum())


def repeated(lines: ArrayLike) -> Measured:
    """Return the share of lines, shape (n, length), of which the sample has another copy."""
    lines = np.asarray(lines)
    n = len(lines)
    if n < 2:
        return Measured(np.nan, n=n)
    _, inverse, counts = np.unique(lines, axis=0, return_inverse=True, return_counts=True)
    return share(counts[inverse.ravel()] > 1)


def _repeated(pair: Pair) -> Iterator[Row]:
    yield "repeated_lines", LINES, "all", repeated(pair.other.spaces[LINES])


NGRAM_DIVERGENCE = Metric(
    name="ngram_divergence",
    definition="Jensen-Shannon divergence of the distributions of n-grams within lines: Gulrajani et al. 2017",
    rows=each_space(lambda pair: pair.spaces, divergence, "ngram_divergence"),
    spaces=tuple(NGRAMS),
    direction="lower",
    best=0,
    worst=1,
    unit="bit",
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=1,
    shown={name: {"all": f"JS of {name} [bit]"} for name in NGRAMS},
)
REPEATED_LINES = Metric(
    name="repeated_lines",
    definition="share of lines of which the sample has another copy",
    rows=_repeated,
    spaces=(LINES,),
    direction="lower",
    best=None,
    worst=1,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=2,
    shown={LINES: {"all": "repeated lines"}},
)
REPEATING = Failure("repeating", "repeated_lines", LINES, above=0.1, column="duplicates")
METRICS = Registry(
    metrics=metrics_in(metrics, sys.modules[__name__]),
    points={name: name for name in ("1-grams", "2-grams")},
    failures=(BROKEN, REPEATING),
)
