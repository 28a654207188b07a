"""Pair of a real sample and another one, in the spaces in which metrics compare them."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from showergan.config.evaluation import Evaluation
from showergan.metrics.features import (
    EMBEDDING,
    HIGH_LEVEL,
    OBSERVABLES,
    Features,
    ReferenceStatistics,
)
from showergan.metrics.samples import varies

FARTHEST = 1e8  # in units of the real spread; keeps fourth powers finite

_Array = NDArray[np.floating]
Arrays = tuple[_Array, _Array]


@dataclass(frozen=True, eq=False)
class Pair:
    """A real sample and the one to judge.

    Attributes:
        real: the real sample.
        other: the one to judge, each object under its own conditions; if these are those of the real sample, in the
            same order.
        reference_statistics: what all samples are measured with.
        recipe: settings.
    """

    real: Features
    other: Features
    reference_statistics: ReferenceStatistics
    recipe: Evaluation

    @property
    def seed(self) -> int:
        """The seed of everything random."""
        return self.recipe.seed

    @property
    def offers(self) -> set[str]:
        """The needs of metrics, see `Metric.needs`, that the samples meet."""
        conditions = {"conditions"} if self.real.conditions.size else set()
        return conditions | ({"embedding"} if EMBEDDING in self.real.spaces else set())

    def of_both(self, view: Callable[[Features], Any]) -> tuple[Any, Any]:
        """Return the same view of the real sample and of the other."""
        return view(self.real), view(self.other)

    @cached_property
    def points(self) -> dict[str, Arrays]:
        """The spaces that PRD compares, as they are."""
        real, other = self.of_both(self.reference_statistics.spaces)
        return {name: (real[name], other[name]) for name in real}

    @property
    def bins(self) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """The bin of each object, 0 where the task has no bins."""
        if self.reference_statistics.n_bins:
            return self.of_both(self.reference_statistics.bins)
        return self.of_both(lambda sample: np.zeros(len(sample), int))

    @property
    def spaces(self) -> dict[str, Arrays]:
        """All spaces, as they are."""
        return {
            name: (points, self.other.spaces[name]) for name, points in self.real.spaces.items()
        }

    @property
    def quantities(self) -> dict[str, Arrays]:
        """The quantities one by one."""
        return {name: (q, self.other.quantities[name]) for name, q in self.real.quantities.items()}

    @cached_property
    def high_level(self) -> dict[str, Arrays]:
        """`HIGH_LEVEL`: all quantities together, on the scale of the real sample."""
        names = list(self.real.quantities)
        return {HIGH_LEVEL: self._standardised(names)} if names else {}

    @cached_property
    def standardised(self) -> dict[str, Arrays]:
        """`HIGH_LEVEL` and `EMBEDDING` on the scale of the real sample."""
        if EMBEDDING not in self.real.spaces:
            return self.high_level
        return self.high_level | {EMBEDDING: self._standardised_embedding()}

    @property
    def observables(self) -> dict[str, Arrays]:
        """`OBSERVABLES`: the quantities of the objects alone, standardised."""
        names = self.reference_statistics.observables
        chosen = [name for name in self.real.quantities if names is None or name in names]
        return {OBSERVABLES: self._standardised(chosen)} if chosen else {}

    @property
    def with_conditions(self) -> dict[str, Arrays]:
        """`HIGH_LEVEL` and `EMBEDDING` as they are, beside the conditions, so that an object must fit its own."""
        found = {}
        if self.real.quantities:
            found[HIGH_LEVEL] = self.of_both(
                lambda s: np.hstack([_table(s, list(s.quantities)), s.conditions])
            )
        if EMBEDDING in self.real.spaces:
            found[EMBEDDING] = self.of_both(
                lambda s: np.hstack([s.spaces[EMBEDDING], s.conditions])
            )
        return found

    def _standardised(self, names: list[str]) -> Arrays:
        """Return quantities of both samples on the scale of the real ones, complete."""
        real, other = self.of_both(lambda sample: _table(sample, names))
        with warnings.catch_warnings():
            # Some quantities may be defined of no real object.
            warnings.simplefilter("ignore", RuntimeWarning)
            centre, scale = np.nanmean(real, axis=0), np.nanstd(real, axis=0)
        scale[~varies(real, unit=0)] = 1
        return _complete((real - centre) / scale), _complete((other - centre) / scale)

    def _standardised_embedding(self) -> Arrays:
        """Return embeddings on the scale of the real ones, without those that are not finite."""
        real = self.real.spaces[EMBEDDING]
        centre = real.mean(axis=0, dtype=np.float64)
        # One for all directions, so that no rotation of the embedding changes a distance.
        scale = np.sqrt(real.var(axis=0, dtype=np.float64).mean()) or 1.0

        def standardised(sample: Features) -> _Array:
            scaled = (sample.spaces[EMBEDDING] - centre) / scale
            return np.clip(scaled[np.isfinite(scaled).all(axis=1)], -FARTHEST, FARTHEST)

        return self.of_both(standardised)


def _table(sample: Features, names: list[str]) -> _Array:
    """Return quantities side by side, shape (n, number of names)."""
    return np.stack([sample.quantities[name] for name in names]).T


def _complete(standardised: _Array) -> _Array:
    """Replace undefined values by the centre and mark them in further columns, so that no object is left out."""
    undefined = ~np.isfinite(standardised)
    values = np.clip(np.where(undefined, 0, standardised), -FARTHEST, FARTHEST)
    return np.hstack([values, undefined])
