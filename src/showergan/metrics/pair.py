"""A sample beside the real one, in the ways that metrics look at the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.metrics.features import Features, Yardstick
from showergan.metrics.metric import EMBEDDING, HIGH_LEVEL, OBSERVABLES

FARTHEST = 1e8  # in units of the real spread; keeps fourth powers finite

_Array = NDArray[np.floating]
Arrays = tuple[_Array, _Array]


@dataclass(frozen=True, eq=False)
class Pair:
    """A sample beside the real one.

    Attributes:
        real: the real sample.
        other: the one to judge, each object under its own conditions; where they are those of the real ones, in their
            order.
        yardstick: what all samples are measured with.
        recipe: settings.
    """

    real: Features
    other: Features
    yardstick: Yardstick
    recipe: Evaluation

    @property
    def seed(self) -> int:
        """The seed of everything random."""
        return self.recipe.seed

    @property
    def offers(self) -> set[str]:
        """What there is of that which metrics need."""
        there = {
            "embedding": EMBEDDING in self.real.spaces,
            "conditions": self.real.conditions.size > 0,
        }
        return {name for name, is_there in there.items() if is_there}

    @cached_property
    def points(self) -> dict[str, Arrays]:
        """The spaces that PRD compares, as they are."""
        real, other = (self.yardstick.spaces(sample) for sample in (self.real, self.other))
        return {name: (real[name], other[name]) for name in real}

    @property
    def bins(self) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """The bin of each object, 0 where the task has no bins."""
        yardstick = self.yardstick
        real, other = (
            yardstick.bins(sample) if yardstick.n_bins else np.zeros(len(sample), int)
            for sample in (self.real, self.other)
        )
        return real, other

    @property
    def quantities(self) -> dict[str, Arrays]:
        """The quantities one by one."""
        return {name: (q, self.other.quantities[name]) for name, q in self.real.quantities.items()}

    @cached_property
    def standardised(self) -> dict[str, Arrays]:
        """Spaces on the scale of the real sample: `HIGH_LEVEL`, all quantities together, and `EMBEDDING`."""
        found = {}
        if self.real.quantities:
            found[HIGH_LEVEL] = self._standardised(list(self.real.quantities))
        if EMBEDDING in self.real.spaces:
            found[EMBEDDING] = self._standardised_embedding()
        return found

    @property
    def observables(self) -> dict[str, Arrays]:
        """`OBSERVABLES`: the quantities of the objects alone, standardised."""
        names = self.yardstick.observables
        chosen = [name for name in self.real.quantities if names is None or name in names]
        return {OBSERVABLES: self._standardised(chosen)} if chosen else {}

    @property
    def with_conditions(self) -> dict[str, Arrays]:
        """`HIGH_LEVEL` and `EMBEDDING` as they are, beside the conditions, so that an object must fit its own."""

        def seen(points: Sequence[_Array]) -> Arrays:
            real, other = (
                np.hstack([p, sample.conditions])
                for p, sample in zip(points, (self.real, self.other), strict=True)
            )
            return real, other

        samples, found = (self.real, self.other), {}
        if self.real.quantities:
            found[HIGH_LEVEL] = seen([_table(s.quantities, list(s.quantities)) for s in samples])
        if EMBEDDING in self.real.spaces:
            found[EMBEDDING] = seen([s.spaces[EMBEDDING] for s in samples])
        return found

    def _standardised(self, names: list[str]) -> Arrays:
        """Return quantities of both samples on the scale of the real ones, complete."""
        real, other = (_table(sample.quantities, names) for sample in (self.real, self.other))
        centre, scale = np.nanmean(real, axis=0), np.nanstd(real, axis=0)
        scale[scale == 0] = 1
        return _complete((real - centre) / scale), _complete((other - centre) / scale)

    def _standardised_embedding(self) -> Arrays:
        """Return embeddings on the scale of the real ones, without those that are not finite."""
        real, other = (sample.spaces[EMBEDDING] for sample in (self.real, self.other))
        centre = real.mean(axis=0, dtype=np.float64)
        # One for all directions, so that no rotation of the embedding changes a distance.
        scale = np.sqrt(real.var(axis=0, dtype=np.float64).mean()) or 1.0

        def standardised(points: _Array) -> _Array:
            scaled = (points - centre) / scale
            return np.clip(scaled[np.isfinite(scaled).all(axis=1)], -FARTHEST, FARTHEST)

        return standardised(real), standardised(other)


def _table(quantities: Mapping[str, _Array], names: list[str]) -> _Array:
    """Return quantities side by side, shape (n, number of names)."""
    return np.stack([quantities[name] for name in names]).T


def _complete(standardised: _Array) -> _Array:
    """Replace what is undefined by the centre and say so in further columns, so that no object is left out."""
    undefined = ~np.isfinite(standardised)
    values = np.clip(np.where(undefined, 0, standardised), -FARTHEST, FARTHEST)
    return np.hstack([values, undefined])
