"""Features of a sample, the numbers of each object that metrics compare, and statistics of the real samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# Spaces of metrics, see `Pair`. The first two stand for as many spaces as a task has.
POINTS, QUANTITY = "points", "quantity"
EMBEDDING, HIGH_LEVEL, OBSERVABLES, QUANTITIES = "E", "high_level", "observables", "quantities"
COUNTS = "counts"  # of invalid entries; these are no metrics, but stand among them
UNSCALED = "unscaled_"  # prefix of spaces measured before scaling, see `Features.unscaled`

NOT_FINITE = "n_not_finite"  # the count that every task has
DIVERGED = "diverged_at_step"  # stands among the counts of a generator whose training diverged


@dataclass(frozen=True)
class Features:
    """Numbers of each of n objects.

    Attributes:
        spaces: points of shape (n, d) by the name of their space; "E" is the embedding of a network. Integers are
            classes, d of each object.
        quantities: single numbers of shape (n,) by name; NaN where undefined.
        conditions: what the objects were made for, shape (n, c); (n, 0) where there are none.
        counts: invalid counts of the sample by name: `NOT_FINITE`, objects with an entry that is not a number, and
            those of the task.
        own: further arrays (n, ...) by name, for the metrics of the task.
        unscaled: the features, before scaling, of generated objects that were scaled to real ones; without counts, as
            `counts` are those before scaling too.
    """

    spaces: Mapping[str, NDArray[Any]]
    quantities: Mapping[str, NDArray[np.float64]]
    conditions: NDArray[np.float32]
    counts: Mapping[str, int]
    own: Mapping[str, NDArray[Any]]
    unscaled: Self | None = None

    def __len__(self) -> int:
        return len(self.conditions)

    def take(self, index: NDArray[np.integer]) -> "Features":
        """Return the features of some of the objects, with the counts of all."""
        return _by_name(lambda array: array[index], self)

    def followed_by(self, *others: "Features") -> "Features":
        """Return the features of several samples as those of one."""
        every = (self, *others)
        counts = {name: sum(one.counts[name] for one in every) for name in self.counts}
        return replace(_by_name(lambda *arrays: np.concatenate(arrays), *every), counts=counts)


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


class ReferenceStatistics:
    """Statistics that all samples of a task are measured with; each task adds those that its training samples fix.

    Attributes:
        observables: the quantities that belong to an object alone, whatever its conditions; None: all.
    """

    observables: tuple[str, ...] | None = None

    @property
    def summary(self) -> str:
        """One line for the log."""
        raise NotImplementedError

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
