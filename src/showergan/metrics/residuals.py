"""How far conditions that are read back from showers are from the true ones."""

import numpy as np
from numpy.typing import ArrayLike

from showergan.metrics.bootstrap import bootstrap_weights
from showergan.metrics.measured import Measured


def root_mean_square(residuals: ArrayLike, *, seed: int) -> Measured:
    """Measure the size of residuals, (n,), in their own unit; those not finite are left out of n."""
    values = np.asarray(residuals, dtype=np.float64)
    squares = values[np.isfinite(values)] ** 2
    n = len(squares)
    if n == 0:
        return Measured(np.nan)
    drawn = np.sqrt(bootstrap_weights(n, np.random.default_rng(seed)) @ squares / n)
    return Measured(float(np.sqrt(squares.mean())), event_sd=float(drawn.std(ddof=1)), n=n)
