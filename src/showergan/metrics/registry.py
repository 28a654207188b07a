"""The metrics of a task: those that any task has, and its own. Everything that lists metrics reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import NamedTuple

from showergan.metrics.failure import Failure
from showergan.metrics.metric import POINTS, QUANTITY, Metric


class Entry(NamedTuple):
    """A row of the scorecard.

    Attributes:
        metric: name in metrics.csv.
        space: what it looks at.
        bin: "all" or "mean".
        title: name for readers.
    """

    metric: str
    space: str
    bin: str
    title: str


@dataclass(frozen=True, eq=False)
class Registry:
    """What the samples of a task are judged by.

    Attributes:
        metrics: in the order of reading.
        points: the spaces of PRD that the scorecard shows, and what readers call them.
        quantities: likewise the single quantities.
        spaces: likewise the other spaces, where titles name them.
        failures: what can go wrong, in the order of reading.
        of_scale: metrics, each with its space, that tell of the scale of samples.
    """

    metrics: tuple[Metric, ...]
    points: Mapping[str, str]
    quantities: Mapping[str, str]
    spaces: Mapping[str, str]
    failures: tuple[Failure, ...]
    of_scale: tuple[tuple[str, str], ...] = ()

    @property
    def of_unscaled(self) -> set[tuple[str, str]]:
        """Metrics and spaces in which samples that were scaled are measured as they were before, too."""
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
        """What the scorecard shows, in its order."""
        several = {POINTS: self.points, QUANTITY: self.quantities}
        return [
            Entry(metric.name, name, bin_, title.format(space=called))
            for metric in self.metrics
            for space, titles in metric.shown.items()
            for name, called in several.get(space, {space: self.spaces.get(space, space)}).items()
            for bin_, title in titles.items()
        ]


def metrics_in(*modules: ModuleType) -> tuple[Metric, ...]:
    """Return the metrics that some modules define, or the files of those that are packages, in the order of reading."""
    defining = [
        part
        for module in modules
        for part in (
            module,
            *(
                import_module(f"{module.__name__}.{file.name}")
                for file in iter_modules(getattr(module, "__path__", ()))
            ),
        )
    ]
    found = {m.name: m for part in defining for m in vars(part).values() if isinstance(m, Metric)}
    return tuple(sorted(found.values(), key=lambda m: (m.part, m.place, m.name)))
