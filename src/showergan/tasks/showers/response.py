"""How a calorimeter answers to the energy of a particle."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.bootstrap import bootstrap_weights
from showergan.metrics.measured import Measured

_Array = NDArray[np.float64]


def response_and_resolution(
    energy: ArrayLike, momentum: ArrayLike, *, seed: int
) -> tuple[Measured, Measured]:
    """Measure the mean and the relative spread of deposited energy over momentum.

    The response is the mean of E / |p|, the resolution its standard deviation (n - 1) over its
    mean (Fabjan & Gianotti 2003). Showers whose energy is not finite are left out; n
    counts those used.

    Args:
        energy: (n,) deposited energies [MeV].
        momentum: (n,) sizes of the momenta [GeV].
        seed: Seed of the bootstrap.

    Returns:
        Response [MeV / GeV] and resolution [1]; NaN with fewer than two showers, the resolution
        also where nothing is deposited.
    """
    ratio = np.asarray(energy, dtype=np.float64) / np.asarray(momentum, dtype=np.float64)
    ratio = ratio[np.isfinite(ratio)]
    n = len(ratio)
    if n < 2:
        return Measured(np.nan, n=n), Measured(np.nan, n=n)
    # Moments about the mean of all, which a far outlier cannot cancel away.
    mean = ratio.mean()
    weights = bootstrap_weights(n, np.random.default_rng(seed)) / n
    means, sds = _moments(weights, ratio - mean, mean)
    sd = ratio.std(ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            Measured(float(mean), event_sd=float(means.std(ddof=1)), n=n),
            Measured(float(sd / mean), event_sd=float((sds / means).std(ddof=1)), n=n),
        )


def _moments(weights: _Array, deviation: _Array, centre: float) -> tuple[_Array, _Array]:
    shift = weights @ deviation
    variance = weights @ deviation**2 - shift**2
    return centre + shift, np.sqrt(np.maximum(variance, 0))
