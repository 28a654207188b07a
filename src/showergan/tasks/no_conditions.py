"""What samples are made for that are made for nothing, and what networks are given of it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Nothing(NamedTuple):
    """What samples without conditions are made for.

    Attributes:
        nothing: shape (n, 0), whose rows count.
    """

    nothing: NDArray[np.float32]

    @classmethod
    def of(cls, conditions: NDArray[np.float32]) -> "Nothing":
        """Return what conditions, shape (n, 0), say."""
        return cls(conditions)

    @classmethod
    def times(cls, n: int) -> "Nothing":
        """Return nothing, n times."""
        return cls(np.empty((n, 0), np.float32))

    @property
    def conditions(self) -> NDArray[np.float32]:
        """No numbers, shape (n, 0)."""
        return self.nothing


@dataclass(frozen=True)
class NoConditions:
    """From nothing to the conditions of a network, which are none."""

    def of(self, nothing: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return no numbers for each sample, shape (n, 0)."""
        return nothing
