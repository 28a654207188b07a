"""Energies that no shower can have, counted over a whole file."""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.tasks.showers.npz import first_rows

NegativeEnergy = Literal["clip", "error"]


class EnergyCheck:
    """Takes in the energies of a file chunk by chunk, and complains about all of them at once.

    Args:
        source: The file, for the message.
        key: Name of the energies in it.
        negative_energy: Set negative energies to 0 and count them, or refuse them.
        option: How the user asks for `clip`, for the message.
    """

    def __init__(
        self, source: Path, key: str, negative_energy: NegativeEnergy, option: str
    ) -> None:
        self._source, self._key, self._option = source, key, option
        self._refuse_negative = negative_energy == "error"
        self._negative, self._not_finite = _BadValues(), _BadValues()
        self._n_events = 0

    def clean(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Note what is wrong with a chunk (m, 30, 30); return it without negative energies."""
        self._negative.add(chunk < 0, self._n_events)
        self._not_finite.add(~np.isfinite(chunk), self._n_events)
        self._n_events += len(chunk)
        return np.maximum(chunk, 0)

    def finish(self) -> int:
        """Return the number of values set to 0.

        Raises:
            UserError: If energies are not finite, or negative ones are not to be clipped.
        """
        if self._not_finite.n_values:
            raise UserError(
                f"{self._source}: {self._key} is NaN or infinite: {self._not_finite}. "
                "Correct or remove these events."
            )
        if self._negative.n_values and self._refuse_negative:
            raise UserError(
                f"{self._source}: {self._key} is negative: {self._negative}. "
                f"Correct them, or set them to 0 with `{self._option}`."
            )
        return self._negative.n_values


class _BadValues:
    def __init__(self) -> None:
        self.n_values = 0
        self._rows: list[NDArray[np.integer]] = []

    def add(self, bad: NDArray[np.bool_], first: int) -> None:
        """Take in a chunk (m, 30, 30) whose first event has number `first`."""
        if bad.any():
            self.n_values += int(np.count_nonzero(bad))
            self._rows.append(first + np.flatnonzero(bad.any(axis=(1, 2))))

    def __str__(self) -> str:
        rows = np.concatenate(self._rows)
        return f"{self.n_values} values in {len(rows)} events ({first_rows(rows)})"
