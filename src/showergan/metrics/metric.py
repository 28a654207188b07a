"""Definition of a metric and of a failure, and the registry of those of a task, which all that lists metrics reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from importlib import import_module
from math import inf
from pkgutil import iter_modules
from types import ModuleType
from typing import Literal, NamedTuple

from showergan.errors import UserError
from showergan.metrics.features import COUNTS, NOT_FINITE, POINTS, QUANTITY
from showergan.metrics.measured import Measured
from showergan.metrics.pair import Arrays, Pair

# The ends of a scale, measured once beside all generators. Real samples are the one or the other of the first two.
CEILING, OTHER_REAL = "ceiling", "other_real"
ANCHORS = [CEILING, OTHER_REAL, "shuffled", "untrained"]

Row = tuple[str, str, str, Measured]
"""Metric, space, bin ("all" where there are none), and value."""


Rows = Callable[[Pair], Iterator[Row]]


def each_space(
    spaces: Callable[[Pair], Mapping[str, Arrays]],
    measure: Callable[..., Measured | tuple[Measured, ...]],
    *names: str,
) -> Rows:
    """Return what measures metrics of these names in spaces of a pair: all of them by measure(real, other, seed=)."""

    def rows(pair: Pair) -> Iterator[Row]:
        for space, samples in spaces(pair).items():
            found = measure(*samples, seed=pair.seed)
            values = (found,) if isinstance(found, Measured) else found
            for name, value in zip(names, values, strict=True):
                yield name, space, "all", value

    return rows


class Stage(IntEnum):
    """Stage of an evaluation at which a metric is measured. Each stage includes the metrics of those before it."""

    SELECTION = 0  # every epoch on select, where epochs and learning rates are chosen
    EVERY_EPOCH = 1  # every epoch on test: cheap metrics, those of figures over epochs and of the table of failures
    CHOSEN_EPOCH = 2  # the chosen epoch on test


class Part(IntEnum):
    """Part of a table in which metrics stand together, in the order of reading."""

    DISTRIBUTIONS = 0
    DISTANCES = 1
    QUANTITIES = 2


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric. Those that one computation gives share `rows`.

    Attributes:
        name: in metrics.csv.
        definition: for the documentation, with its source.
        rows: measures a pair of samples; gives the rows of all metrics that share it.
        spaces: in which it is measured: `POINTS`, `QUANTITY` or names of spaces.
        direction: higher or lower is better; target: the nearer to `best` the better, on either side.
        best: what a perfect generator gets of infinitely many samples; None: what real samples get.
        worst: where its scale ends; None: at what an untrained generator gets.
        unit: of its values; empty where they have none.
        needs: embedding or conditions, without which it is left out.
        stage: when it is measured.
        part: of a table.
        place: within the part; equal places are ordered by name.
        shown: titles in the scorecard by space and bin, in which {space} is the title of the space in the task.
    """

    name: str
    definition: str
    rows: Rows
    spaces: tuple[str, ...]
    direction: Literal["higher", "lower", "target"]
    best: float | None
    part: Part
    worst: float | None = None
    unit: str = ""
    needs: frozenset[str] = frozenset()
    stage: Stage = Stage.CHOSEN_EPOCH
    place: int = 100
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A failure of a generator, seen from one number of its sample.

    Attributes:
        name: for readers.
        metric: whose value shows it.
        space: of the metric, for the whole sample.
        over: what the value is divided by: 1; real, its value for real samples; n, the size of the sample.
        above: the generator failed above this.
        below: or below this.
        column: for the number in failures.csv; empty where it is a count, which has a column of its own.
    """

    name: str
    metric: str
    space: str
    over: Literal["1", "real", "n"] = "1"
    above: float = inf
    below: float = -inf
    column: str = ""

    def happened(self, number: float) -> bool:
        """Return whether a number is beyond its bounds; NaN is not."""
        return number > self.above or number < self.below


BROKEN = Failure("not finite", NOT_FINITE, COUNTS, above=0)  # of every task


class Entry(NamedTuple):
    """A row of the scorecard: metric, space and bin ("all" or "mean") in metrics.csv, and title for readers."""

    metric: str
    space: str
    bin: str
    title: str


KEY = list(Entry._fields[:3])  # columns of a table of metrics that say what a row measures


@dataclass(frozen=True, eq=False)
class Registry:
    """The metrics and failures of a task.

    Attributes:
        metrics: in the order of reading.
        points: titles of the spaces of PRD that the scorecard shows, by space.
        quantities: likewise of the single quantities.
        spaces: likewise of the other spaces, where titles name them.
        failures: in the order of reading.
        of_scale: metrics, each with its space, that show the scale of samples.
    """

    metrics: tuple[Metric, ...]
    points: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)
    spaces: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    of_scale: tuple[tuple[str, str], ...] = ()

    @property
    def of_unscaled(self) -> set[tuple[str, str]]:
        """Metrics and spaces in which scaled samples are also measured as they were before scaling."""
        return {*self.of_scale, *((failure.metric, failure.space) for failure in self.failures)}

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.metrics)

    def __getitem__(self, name: str) -> Metric:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Metric]:
        return {metric.name: metric for metric in self.metrics}

    @cached_property
    def entries(self) -> list[Entry]:
        """The rows of the scorecard, in its order."""
        several = {POINTS: self.points, QUANTITY: self.quantities}
        return [
            Entry(metric.name, name, bin_, title.format(space=called))
            for metric in self.metrics
            for space, titles in metric.shown.items()
            for name, called in several.get(space, {space: self.spaces.get(space, space)}).items()
            for bin_, title in titles.items()
        ]


def metrics_in(*modules: ModuleType) -> tuple[Metric, ...]:
    """Return the metrics that some modules define, packages in their files, in the order of reading.

    Raises:
        UserError: two of them have the same name.
    """
    files = [
        import_module(f"{module.__name__}.{file.name}")
        for module in modules
        for file in iter_modules(getattr(module, "__path__", ()))
    ]
    found: dict[str, Metric] = {}
    for module in (*modules, *files):
        for metric in vars(module).values():
            if isinstance(metric, Metric) and found.setdefault(metric.name, metric) is not metric:
                raise UserError(
                    f"{module.__name__} has another metric with the name {metric.name}: rename one of the two"
                )
    return tuple(sorted(found.values(), key=lambda m: (m.part, m.place, m.name)))
