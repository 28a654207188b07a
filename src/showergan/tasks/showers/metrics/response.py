"""Response and resolution of the calorimeter: mean and spread of deposited energy over momentum."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from showergan.metrics.measured import Measured, bootstrap_weights, mean_relative_difference
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.tasks.showers.sample import Particles


def response_and_resolution(
    energy: ArrayLike, momentum: ArrayLike, *, seed: int
) -> tuple[Measured, Measured]:
    """Measure the mean and the relative spread of deposited energy over momentum.

    The response [MeV / GeV] is the mean of E / |p|, the resolution its standard deviation (n - 1) over its mean (Fabjan
    & Gianotti 2003). Showers whose energy is not finite are left out; n counts those used. Both are NaN with fewer than
    two showers, the resolution also where nothing is deposited.

    Args:
        energy: (n,) deposited energies [MeV].
        momentum: (n,) sizes of the momenta [GeV].
        seed: Seed of the bootstrap.
    """
    ratio = np.asarray(energy, dtype=np.float64) / np.asarray(momentum, dtype=np.float64)
    ratio = ratio[np.isfinite(ratio)]
    n = len(ratio)
    if n < 2:
        return Measured(np.nan, n=n), Measured(np.nan, n=n)
    # Moments about the mean of all: a far outlier causes no cancellation.
    mean = ratio.mean()
    weights = bootstrap_weights(n, np.random.default_rng(seed)) / n
    deviation = ratio - mean
    shift = weights @ deviation
    means = mean + shift
    sds = np.sqrt(np.maximum(weights @ deviation**2 - shift**2, 0))
    sd = ratio.std(ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            Measured(float(mean), event_sd=float(means.std(ddof=1)), n=n),
            Measured(float(sd / mean), event_sd=float((sds / means).std(ddof=1)), n=n),
        )


def _rows(pair: Pair) -> Iterator[Row]:
    measured = []  # by sample, name, bin
    for sample in (pair.real, pair.other):
        energy = sample.quantities["total_energy_MeV"]
        momentum = Particles.from_array(sample.conditions).momentum_GeV
        bins = pair.reference_statistics.energy_bins(sample)  # type: ignore[attr-defined]
        by_bin = [
            response_and_resolution(energy[inside], momentum[inside], seed=pair.seed)
            for inside in bins.values()
        ]
        measured.append(list(zip(*by_bin, strict=True)))
    for name, real, values in zip(("response", "resolution"), *measured, strict=True):
        for label, value in zip(bins, values, strict=True):
            yield name, "energy", label, value
        yield f"{name}_error", "energy", "all", mean_relative_difference(values, real)


_metric = partial(
    Metric,
    rows=_rows,
    spaces=("energy",),
    needs=frozenset({"conditions"}),
    stage=Stage.EVERY_EPOCH,
    part=Part.QUANTITIES,
)
RESPONSE = _metric(
    name="response",
    definition="mean of E/|p| per bin of momentum",
    place=40,
    direction="target",
    best=None,
    unit="MeV/GeV",
)
RESOLUTION = _metric(
    name="resolution",
    definition="sd of E/|p| over its mean, per bin of momentum: Fabjan & Gianotti 2003",
    place=41,
    direction="target",
    best=None,
)
_error = partial(_metric, direction="lower", best=0, worst=1)
RESPONSE_ERROR = _error(
    name="response_error",
    definition="mean over these bins of |response / real - 1|",
    place=42,
    shown={"energy": {"all": "energy response error"}},
)
RESOLUTION_ERROR = _error(
    name="resolution_error",
    definition="likewise of the resolution",
    place=43,
    shown={"energy": {"all": "energy resolution error"}},
)
