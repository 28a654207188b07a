"""Metrics of single quantities: separation power, 1-Wasserstein distance and mean."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.features import QUANTITIES, QUANTITY
from showergan.metrics.measured import RESAMPLES, Measured, bootstrap_weights
from showergan.metrics.metric import Metric, Part, Row, Stage, each_space
from showergan.metrics.pair import Pair
from showergan.metrics.samples import arrays_of

_BINS = 48
_RANGE = (0.005, 0.995)

_Array = NDArray[np.float64]


def separation_power(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compare histograms p, q by sum_k (p_k - q_k)^2 / (p_k + q_k) / 2.

    Diefenbacher et al. 2020, arXiv:2009.03796; CaloChallenge, Krause et al. 2024, arXiv:2410.21611. 0 for equal
    histograms, 1 for disjoint ones.

    The bins are those of the real sample: 48 equal ones from its 0.5 % to its 99.5 % quantile, one for all values
    below, one for all above and one for the undefined, so that no event is dropped. Two samples of one continuous
    distribution score about 12 (1/n + 1/m); there, `event_sd` is too large, as resampling adds to the fluctuations that
    the square has already. Samples are (n,) and (m,) values, NaN or infinite where undefined; n counts these too.
    """
    samples = arrays_of(real, generated, 1)
    n = min(map(len, samples))
    if n == 0:
        return Measured(np.nan)
    defined = samples[0][np.isfinite(samples[0])]
    # Edges at NaN put all numbers into one bin, apart from the undefined.
    low, high = np.quantile(defined, _RANGE) if len(defined) else (np.nan, np.nan)
    edges = np.linspace(low, high, _BINS + 1)

    random = np.random.default_rng(seed)
    shares, resamples = [], []
    for sample in samples:
        number = np.searchsorted(edges, sample, side="right")
        # Also where all values are equal and the edges coincide: equal is neither below nor above.
        number[sample == high] = _BINS
        number[~np.isfinite(sample)] = _BINS + 2
        share = np.bincount(number, minlength=_BINS + 3) / len(sample)
        shares.append(share)
        resamples.append(random.multinomial(len(sample), share, size=RESAMPLES) / len(sample))
    event_sd = _separation(*resamples).std(ddof=1)
    return Measured(float(_separation(*shares)), event_sd=float(event_sd), n=n)


def wasserstein(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compute the 1-Wasserstein distance, the integral of |F - G| over the quantity.

    F and G are the distribution functions of the defined values (Ramdas et al. 2017, arXiv:1509.02237). Samples of one
    distribution are still some 1/sqrt(n) of its width apart; there, `event_sd` is too large, as resampling adds to
    these fluctuations. Samples are (n,) and (m,) values; those not finite are undefined, and left out of n. The
    distance has the unit of the quantity.
    """
    from scipy.stats import wasserstein_distance  # half a second, which no training waits for

    samples = [sample[np.isfinite(sample)] for sample in arrays_of(real, generated, 1)]
    n = min(map(len, samples))
    if n == 0:
        return Measured(np.nan)
    random = np.random.default_rng(seed)
    values = np.concatenate(samples)
    order = np.argsort(values)
    widths = np.diff(values[order])

    def resample() -> float:
        # One at a time: all of them would take more memory than the samples.
        first, second = (bootstrap_weights(len(s), random, 1)[0] / len(s) for s in samples)
        return np.abs(np.append(first, -second)[order].cumsum()[:-1]) @ widths

    event_sd = np.std([resample() for _ in range(RESAMPLES)], ddof=1)
    return Measured(float(wasserstein_distance(*samples)), event_sd=float(event_sd), n=n)


def mean(values: NDArray[np.floating]) -> Measured:
    """Return the mean of values, (n,); those not finite are left out of n."""
    defined = values[np.isfinite(values)]
    n = len(defined)
    if n < 2:
        return Measured(defined.mean() if n else np.nan, n=n)
    # The closed form of the bootstrap of a mean.
    return Measured(float(defined.mean()), event_sd=float(defined.std() / np.sqrt(n)), n=n)


def _separation(p: _Array, q: _Array) -> _Array:
    total = p + q
    ratio = np.divide((p - q) ** 2, total, out=np.zeros_like(total), where=total > 0)
    return ratio.sum(axis=-1) / 2


def _separation_rows(pair: Pair) -> Iterator[Row]:
    parts = []
    for name, samples in pair.quantities.items():
        parts.append(separation_power(*samples, seed=pair.seed))
        yield "separation_power", name, "all", parts[-1]
    if parts:
        value, event_sd = (float(np.mean([p[i] for p in parts])) for i in (0, 2))
        # The quantities are those of the same events: fully correlated at worst.
        mean = Measured(value, event_sd=event_sd, n=min(part.n for part in parts))
        yield "separation_power", QUANTITIES, "mean", mean


def _mean_rows(pair: Pair) -> Iterator[Row]:
    for name, values in pair.other.quantities.items():
        yield "mean", name, "all", mean(values)


SEPARATION_POWER = Metric(
    name="separation_power",
    definition="48 bins of the real sample and three for what lies outside or is undefined; mean: over the quantities: "
    "CaloChallenge 2024",
    rows=_separation_rows,
    spaces=(QUANTITY, QUANTITIES),
    direction="lower",
    best=0,
    worst=1,
    part=Part.QUANTITIES,
    place=10,
    shown={QUANTITIES: {"mean": "separation power"}},
)
WASSERSTEIN = Metric(
    name="wasserstein",
    definition="1-Wasserstein distance: Ramdas et al. 2017",
    rows=each_space(lambda pair: pair.quantities, wasserstein, "wasserstein"),
    spaces=(QUANTITY,),
    direction="lower",
    best=0,
    unit="that of the quantity",
    part=Part.QUANTITIES,
    place=20,
    shown={QUANTITY: {"all": "W1 of {space}"}},
)
MEAN = Metric(
    name="mean",
    definition="mean over the generated sample",
    rows=_mean_rows,
    spaces=(QUANTITY,),
    direction="target",
    best=None,
    unit="that of the quantity",
    stage=Stage.EVERY_EPOCH,
    part=Part.QUANTITIES,
    place=30,
)
