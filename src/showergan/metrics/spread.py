"""Whether numbers differ at all, or by rounding alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-6  # some times that of 32-bit floats


def varies(values: ArrayLike, unit: float = 1.0) -> NDArray[np.bool_]:
    """Return which columns of values, shape (n, c), have a spread, shape (c,).

    The standard deviation of a column that has is more than a millionth of its mean's size, and of the unit: with
    GeV, cm or radians as they are, a beam of one momentum through one point has none. What is not finite does not
    count.
    """
    numbers = np.asarray(values, dtype=np.float64)
    numbers = np.ma.masked_array(numbers, ~np.isfinite(numbers))
    sd, mean = (getattr(numbers, moment)(axis=0).filled(0) for moment in ("std", "mean"))
    return sd > ROUNDING * np.maximum(unit, np.abs(mean))


def distinct(edges: ArrayLike, unit: float = 1.0) -> list[float]:
    """Return rising edges of bins without those that are as good as the one before; at least one, however."""
    numbers = np.asarray(edges, dtype=np.float64)
    least = ROUNDING * np.maximum(unit, np.abs(numbers[1:]))
    return numbers[np.append(True, np.diff(numbers) > least)].tolist()
