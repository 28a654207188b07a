"""Lines that a sample holds more than once: those of a generator that repeats a few."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from showergan.metrics.measured import Measured, share
from showergan.metrics.metric import Failure, Metric, Part, Row, Stage
from showergan.metrics.pair import Pair

LINES = "1-grams"  # in their order they are the lines


def repeated(lines: ArrayLike) -> Measured:
    """Return the share of lines, shape (n, length), of which the sample has another copy."""
    lines = np.asarray(lines)
    n = len(lines)
    if n < 2:
        return Measured(np.nan, n=n)
    _, inverse, counts = np.unique(lines, axis=0, return_inverse=True, return_counts=True)
    return share(counts[inverse.ravel()] > 1)


def _rows(pair: Pair) -> Iterator[Row]:
    yield "repeated_lines", LINES, "all", repeated(pair.other.spaces[LINES])


REPEATED_LINES = Metric(
    name="repeated_lines",
    definition="share of lines of which the sample has another copy",
    rows=_rows,
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
