"""A task whose samples are made for nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from showergan.errors import UserError
from showergan.tasks import no_conditions
from showergan.tasks.no_conditions import NoConditions, Nothing
from showergan.tasks.task import Task


class UnconditionalTask(Task):
    """Samples without conditions: their number is all that can be asked for."""

    @property
    def given(self) -> type[Nothing]:
        """Nothing."""
        return no_conditions.Nothing

    @property
    def conditioning(self) -> type[NoConditions]:
        """None."""
        return no_conditions.NoConditions

    def checked(self, *given: Any) -> Nothing:
        """Return nothing, once."""
        if given:
            raise UserError(
                f"Samples of the task {self.name} are generated for nothing: give their number n alone."
            )
        return self.given.times(1)

    def read_given(self, path: Path | None, n: int | None) -> Nothing:
        """Return nothing, n times."""
        if path is not None or n is None:
            raise UserError(
                f"Samples of the task {self.name} are generated for nothing: give --n and no --conditions."
            )
        return self.given.times(n)
