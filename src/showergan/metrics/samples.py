"""Two samples made comparable."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError

LARGEST_SAMPLE = 10_000  # of metrics whose time grows with the square of the events

_Array = NDArray[np.float64]


def equal_samples(
    real: ArrayLike, generated: ArrayLike, random: np.random.Generator
) -> tuple[_Array, _Array]:
    """Shuffle two samples, (n, d) and (m, d), and cut both to min(n, m, LARGEST_SAMPLE) points.

    Raises:
        UserError: If a sample is misshapen, or has a point that is not finite.
    """
    samples = [np.asarray(a, dtype=np.float64) for a in (real, generated)]
    if any(a.ndim != 2 for a in samples) or len({a.shape[1:] for a in samples}) != 1:
        shapes = " and ".join(str(a.shape) for a in samples)
        raise UserError(f"samples of shapes {shapes}, expected (n, d) and (m, d)")
    for name, sample in zip(("real", "generated"), samples, strict=True):
        invalid = int((~np.isfinite(sample).all(axis=1)).sum())
        if invalid:
            raise UserError(f"{invalid} of {len(sample)} {name} points are not finite")
    n = min(LARGEST_SAMPLE, *map(len, samples))
    x, y = (a[random.permutation(len(a))[:n]] for a in samples)
    return x, y
