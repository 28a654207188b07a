"""Whether numbers of showers differ at all, as those of a test beam may not."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-6  # of the largest value; single precision keeps 6e-8 of a number


def varies(values: ArrayLike) -> NDArray[np.bool_]:
    """Return which columns of values, shape (n, ...), spread by more than rounding; NaN is left out."""
    array = np.asarray(values, dtype=np.float64)
    array = np.where(np.isfinite(array), array, np.nan)
    undefined = np.isnan(array).all(axis=0)
    filled = np.where(undefined, 0.0, array)
    spread = np.nanmax(filled, axis=0) - np.nanmin(filled, axis=0)
    return np.asarray(spread > ROUNDING * np.nanmax(np.abs(filled), axis=0))
