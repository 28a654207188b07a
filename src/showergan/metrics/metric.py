"""What a metric is: numbers of a sample beside the real one, and all that tables and readers must know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from showergan.metrics.pair import Pair


# What a metric looks at, see `Pair`. The first two stand for as many spaces as a task has.
POINTS, QUANTITY = "points", "quantity"
EMBEDDING, HIGH_LEVEL, OBSERVABLES, QUANTITIES = "E", "high_level", "observables", "quantities"
COUNTS = "counts"  # of mishaps; they are no metrics, but stand among them
UNSCALED = "unscaled_"  # before the name of a space: in it stands what a generated sample was, see `Features.unscaled`

# The ends of a scale, measured once beside all generators. Real samples are the one or the other of the first two.
CEILING, OTHER_REAL = "ceiling", "other_real"
ANCHORS = [CEILING, OTHER_REAL, "shuffled", "untrained"]

Row = tuple[str, str, str, NamedTuple]
"""Metric, space, bin ("all" where there are none), and a `Measured` or what holds more than that."""


class Asked(IntEnum):
    """When a metric is measured. Each includes what comes before it."""

    CHOICE = 0  # of every epoch on select, where epochs and learning rates are chosen
    COURSE = 1  # of every epoch on test: what is cheap enough, and figures over epochs or the table of failures need
    ONCE = 2  # of the chosen epoch on test


class Part(IntEnum):
    """Which metrics stand together in a table, in the order of reading."""

    DISTRIBUTIONS = 0
    DISTANCES = 1
    QUANTITIES = 2


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric. Those that one computation gives share `rows`.

    Attributes:
        name: in metrics.csv.
        definition: what it is, with its source, for the documentation.
        rows: measures a pair of samples; gives the rows of all metrics that share it.
        spaces: what it looks at: `POINTS`, `QUANTITY` or names of spaces.
        direction: higher or lower is better; target: the nearer to `best` the better, on either side.
        best: what a perfect generator gets of infinitely many samples; None: what real samples get.
        worst: where its scale ends; None: at what an untrained generator gets.
        unit: of its values; empty where they have none.
        needs: embedding or conditions, without which it is left out.
        asked: when it is measured.
        part: the metrics that it stands with in tables.
        place: among these; equal places are ordered by name.
        shown: what the scorecard shows of it: a title by space and bin, in which {space} is the space as the task calls
            it.
    """

    name: str
    definition: str
    rows: Callable[[Pair], Iterator[Row]]
    spaces: tuple[str, ...]
    direction: Literal["higher", "lower", "target"]
    best: float | None
    part: Part
    worst: float | None = None
    unit: str = ""
    needs: frozenset[str] = frozenset()
    asked: Asked = Asked.ONCE
    place: int = 100
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
