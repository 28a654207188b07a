"""Tasks whose samples have no conditions: a user chooses their number only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.tasks.data_set import Rows
from showergan.tasks.task import Unchanged


class NoConditions(NamedTuple):
    """The conditions of n samples that have none: an array (n, 0)."""

    nothing: NDArray[np.float32]

    @classmethod
    def from_array(cls, conditions: NDArray[np.float32]) -> Self:
        """Return the conditions of an array (n, 0)."""
        return cls(conditions)

    @classmethod
    def times(cls, n: int) -> Self:
        """Return the conditions of n samples."""
        return cls(np.empty((n, 0), np.float32))

    @property
    def as_array(self) -> NDArray[np.float32]:
        """No numbers, shape (n, 0)."""
        return self.nothing


@dataclass(frozen=True)
class Unconditional(Rows):
    """Samples without conditions."""

    @property
    def conditions(self) -> NoConditions:
        """No conditions, n times."""
        return NoConditions.times(len(self))


def unconditional(name: str) -> dict[str, Any]:
    """Return the attributes of a task of this name that are about conditions, see `Task`."""

    def check_conditions(*values: Any) -> NoConditions:
        if values:
            raise UserError(
                f"Samples of the task {name} have no conditions: give their number n alone."
            )
        return NoConditions.times(1)

    def read_conditions(path: Path | None, n: int | None) -> NoConditions:
        if path is not None or n is None:
            raise UserError(
                f"Samples of the task {name} have no conditions: give --n and no --conditions."
            )
        return NoConditions.times(n)

    return {
        "conditions": NoConditions,
        "conditioning": Unchanged,
        "check_conditions": check_conditions,
        "read_conditions": read_conditions,
    }
