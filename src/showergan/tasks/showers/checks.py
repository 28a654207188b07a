"""Checks of showers that come as arrays, from a user or from a file of another format."""

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.arrays import NUMBERS, first_rows
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers

_SHAPES = {"energy": IMAGE_SHAPE, "point": (2,), "momentum": (3,)}  # behind the number of showers


def checked(
    showers: Showers, where: str = "", first: int = 0, negative_energy: bool = False
) -> Showers:
    """Return showers with 32-bit floats.

    Args:
        showers: energies (n, 30, 30) [MeV], points (n, 2) [cm], momenta (n, 3) [GeV] of any type.
        where: the beginning of messages.
        first: the number of the first shower in messages, which count from 0.
        negative_energy: whether energies may be negative.

    Raises:
        UserError: An array is misshapen or not numeric, a value is not finite, pz is not positive, or an energy is
            negative.
    """
    n, arrays = len(showers), {}
    for name, shape in _SHAPES.items():
        values = np.asarray(getattr(showers, name))
        if values.shape != (n, *shape) or values.dtype.kind not in NUMBERS:
            wanted = ", ".join(map(str, (n, *shape)))
            raise UserError(
                f"{where}{name} has the shape {values.shape} and the type {values.dtype}. Give numbers, ({wanted})."
            )
        with np.errstate(over="ignore"):
            arrays[name] = values.astype(np.float32, copy=False)
        _refuse(~np.isfinite(arrays[name]), f"{where}{name} is NaN or infinite", first)
    _refuse(arrays["momentum"][:, 2] <= 0, f"{where}momentum has pz <= 0", first)
    if not negative_energy:
        _refuse(arrays["energy"] < 0, f"{where}energy is negative", first)
    return Showers(**arrays, pdg=showers.pdg)


def _refuse(bad: NDArray[np.bool_], problem: str, first: int) -> None:
    if bad.any():
        rows = np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1)) + first
        raise UserError(
            f"{problem} in {len(rows)} showers ({first_rows(rows)}). Correct or remove them."
        )
