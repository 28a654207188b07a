"""Response and resolution of the calorimeter: mean and spread of deposited energy over momentum."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from showergan.metrics.measured import Measured, bootstrap_weights, mean_relative_difference
from showergan.metrics.metric import Asked, Metric, Part, Row
from showergan.metrics.pair import Pair
from showergan.tasks.showers.sample import Particles


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
        momentum = Particles.of(sample.conditions).momentum_GeV
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


def _metric(name: str, definition: str, place: int, **further: Any) -> Metric:
    return Metric(
        name=name,
        definition=definition,
        rows=_rows,
        spaces=("energy",),
        needs=frozenset({"conditions"}),
        asked=Asked.COURSE,
        part=Part.QUANTITIES,
        place=place,
        **further,
    )


_TARGET: dict[str, Any] = {"direction": "target", "best": None}
_ERROR: dict[str, Any] = {"direction": "lower", "best": 0, "worst": 1}
RESPONSE = _metric("response", "mean of E/|p| per bin of momentum", 40, unit="MeV/GeV", **_TARGET)
RESOLUTION = _metric(
    "resolution",
    "sd of E/|p| over its mean, per bin of momentum: Fabjan & Gianotti 2003",
    41,
    **_TARGET,
)
RESPONSE_ERROR = _metric(
    "response_error",
    "mean over these bins of |response / real - 1|",
    42,
    shown={"energy": {"all": "energy response error"}},
    **_ERROR,
)
RESOLUTION_ERROR = _metric(
    "resolution_error",
    "likewise of the resolution",
    43,
    shown={"energy": {"all": "energy resolution error"}},
    **_ERROR,
)
