"""What metrics see of a sample, whatever it is a sample of, and what they are measured with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from showergan.metrics.registry import Registry


NOT_FINITE = "n_not_finite"  # the count that every task has
DIVERGED = "diverged_at_step"  # stands among the counts of a generator whose training did


@dataclass(frozen=True)
class Features:
    """Numbers of each of n objects.

    Attributes:
        spaces: points of shape (n, d) by the name of their space; "E" is the embedding of a network. Integers are
            classes, d of each object.
        quantities: single numbers of shape (n,) by name; NaN where undefined.
        conditions: what the objects were made for, shape (n, c); (n, 0) where there are none.
        counts: mishaps of the sample by name: `NOT_FINITE`, objects with an entry that is not a number, and those of
            the task.
        own: further arrays (n, ...) by name, for the metrics of the task.
        unscaled: of generated objects that were scaled to real ones, what they were before; it has no counts, for those
            beside it are of before, too.
    """

    spaces: Mapping[str, NDArray[Any]]
    quantities: Mapping[str, NDArray[np.float64]]
    conditions: NDArray[np.float32]
    counts: Mapping[str, int]
    own: Mapping[str, NDArray[Any]]
    unscaled: Features | None = None

    def __len__(self) -> int:
        return len(self.conditions)

    def take(self, index: NDArray[np.integer]) -> Features:
        """Return the features of some of the objects, with the counts of all."""
        return _by_name(lambda array: array[index], self)

    def followed_by(self, *others: Features) -> Features:
        """Return the features of several samples as those of one."""
        every = (self, *others)
        counts = {name: sum(one.counts[name] for one in every) for name in self.counts}
        return replace(_by_name(lambda *arrays: np.concatenate(arrays), *every), counts=counts)


class ReferenceStatistics:
    """What all samples of a task are measured with; a task adds to it what its real training samples fix.

    Attributes:
        metrics: those of the task.
        observables: the quantities that belong to an object alone, whatever its conditions; None: all.
    """

    metrics: Registry
    observables: tuple[str, ...] | None = None

    @property
    def summary(self) -> str:
        """A line about them for readers."""
        return f"{len(self.metrics.metrics)} metrics"

    @property
    def n_bins(self) -> int:
        """Number of bins of the conditions; 0 where the task has none."""
        return 0

    def spaces(self, features: Features) -> Mapping[str, NDArray[Any]]:
        """Return the spaces in which PRD compares samples."""
        return features.spaces

    def bins(self, features: Features) -> NDArray[np.integer]:
        """Return the bin of each object, in [0, n_bins)."""
        raise NotImplementedError


def _by_name(change: Callable[..., NDArray[Any]], *samples: Features) -> Features:
    """Return samples with each of their arrays changed, or several combined to one, with the counts of the first."""

    def each(arrays: Callable[[Features], Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        return {name: change(*(arrays(s)[name] for s in samples)) for name in arrays(samples[0])}

    unscaled = [s.unscaled for s in samples if s.unscaled]
    return Features(
        each(lambda s: s.spaces),
        each(lambda s: s.quantities),
        change(*(s.conditions for s in samples)),
        samples[0].counts,
        each(lambda s: s.own),
        _by_name(change, *unscaled) if unscaled else None,
    )
