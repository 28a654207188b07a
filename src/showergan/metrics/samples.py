"""Checks of samples: types, shapes, sizes, and whether numbers differ by more than rounding."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError

LARGEST_SAMPLE = 10_000  # of metrics whose time grows with the square of the events
ROUNDING = 1e-6  # several times that of 32-bit floats

_Array = NDArray[np.float64]


def arrays_of(real: ArrayLike, generated: ArrayLike, dimensions: int = 2) -> tuple[_Array, _Array]:
    """Return two samples as 64-bit floats, (n, d) and (m, d), or (n,) and (m,); a `UserError` refuses other shapes."""
    first, second = (np.asarray(a, dtype=np.float64) for a in (real, generated))
    if {first.ndim, second.ndim} != {dimensions} or first.shape[1:] != second.shape[1:]:
        expected = (
            "(n,) and (m,)"
            if dimensions == 1
            else "(n, d) and (m, d): a row for each object, a column for each feature"
        )
        raise UserError(f"samples of shapes {first.shape} and {second.shape}, expected {expected}")
    return first, second


def points_of(real: ArrayLike, generated: ArrayLike, fewest: int) -> tuple[_Array, _Array]:
    """Return two samples, (n, d) and (m, d), as 64-bit floats.

    Raises:
        UserError: If a sample is no array of numbers, misshapen, of fewer points, or has a point that is not finite.
    """
    samples = np.asarray(real), np.asarray(generated)
    for name, sample in zip(("real", "generated"), samples, strict=True):
        if sample.dtype.kind not in "fiu":
            raise UserError(
                f"the {name} sample has the type {sample.dtype}. Give integers or floating-point numbers."
            )
    x, y = arrays_of(*samples)
    for name, sample in (("real", x), ("generated", y)):
        if len(sample) < fewest or not sample.shape[1]:
            raise UserError(
                f"the {name} sample has the shape {sample.shape}. Give at least {fewest} points of 1 feature."
            )
        invalid = np.flatnonzero(~np.isfinite(sample).all(axis=1))
        if len(invalid):
            raise UserError(
                f"{len(invalid)} of {len(sample)} {name} points are not finite (the first in row {invalid[0]}, counted "
                "from 0). Correct or remove them."
            )
    return x, y


def equal_samples(
    real: ArrayLike, generated: ArrayLike, random: np.random.Generator
) -> tuple[_Array, _Array]:
    """Shuffle two samples, see `points_of`, and cut both to min(n, m, LARGEST_SAMPLE) points."""
    samples = points_of(real, generated, fewest=0)
    n = min(LARGEST_SAMPLE, *map(len, samples))
    x, y = (a[random.permutation(len(a))[:n]] for a in samples)
    return x, y


def varies(values: ArrayLike, unit: float = 1.0) -> NDArray[np.bool_]:
    """Return which columns of values, shape (n, c), have a spread, shape (c,).

    The standard deviation of such a column is more than a millionth of the size of its mean, and of the unit: with
    GeV, cm or radians as they are, a beam of one momentum through one point has none. Values that are not finite do
    not count.
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = np.ma.masked_array(numbers, ~np.isfinite(numbers))
    sd, mean = (getattr(numbers, moment)(axis=0).filled(0) for moment in ("std", "mean"))
    return sd > ROUNDING * np.maximum(unit, np.abs(mean))


def distinct(edges: ArrayLike) -> list[float]:
    """Return rising edges of bins without those that equal the one before up to rounding; at least one."""
    numbers = np.asarray(edges, dtype=np.float64)
    least = ROUNDING * np.maximum(1, np.abs(numbers[1:]))
    return numbers[np.append(True, np.diff(numbers) > least)].tolist()
