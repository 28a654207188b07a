"""Fréchet and kernel physics distances: Kansal et al. 2023, arXiv:2211.10295.

Both depend on the scale of the features, and the kernel distance on their origin too: normalise by the real ones first.
"""

import math
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.features import EMBEDDING, HIGH_LEVEL
from showergan.metrics.measured import RESAMPLES, Measured
from showergan.metrics.metric import Metric, Part, each_space
from showergan.metrics.samples import equal_samples

_SIZES = 10
_BATCHES = 20
_FRECHET_BOOTSTRAPS = 20
_KERNEL_BATCH = 2_500

_Array = NDArray[np.float64]


def frechet_distance(mean_1: _Array, cov_1: _Array, mean_2: _Array, cov_2: _Array) -> _Array:
    """Compute (...) squared Fréchet distances of Gaussians (Dowson & Landau 1982).

    d^2 = |mu_1 - mu_2|^2 + tr(C_1 + C_2 - 2 (C_1 C_2)^(1/2)), in the squared unit of the points, of (..., d) means and
    (..., d, d) covariances, which may be singular; a `UserError` says that these do not match.
    """
    moments = mean_1, cov_1, mean_2, cov_2
    if len({mean_1.shape[-1], mean_2.shape[-1], *cov_1.shape[-2:], *cov_2.shape[-2:]}) > 1:
        shapes = ", ".join(str(moment.shape) for moment in moments)
        raise UserError(f"Fréchet distance: moments of shapes {shapes}, expected (d,) and (d, d)")
    # C_1 C_2 has the eigenvalues of the symmetric R C_2 R with R^2 = C_1. Rounding makes some of
    # singular matrices negative.
    variances, axes = np.linalg.eigh(cov_1)
    scaled = axes * np.sqrt(variances.clip(min=0))[..., None, :]
    products = np.linalg.eigvalsh(np.swapaxes(scaled, -1, -2) @ cov_2 @ scaled)
    traces = np.trace(cov_1 + cov_2, axis1=-2, axis2=-1)
    shift = np.square(mean_1 - mean_2).sum(axis=-1)
    return shift + traces - 2 * np.sqrt(products.clip(min=0)).sum(axis=-1)


def fpd(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Measure the Fréchet physics distance (Kansal et al. 2023, section II).

    The distance of the moments of finite samples is biased upwards, by about a constant over the
    number of points. As published, its means over 20 batches of ten sizes, regular in 1/size, are
    extrapolated to infinite size by a straight line.

    Unlike the published 20 000 to 50 000 of at least 50 000 events, the batches are n/5 to n/2 of n and drawn without
    replacement: batches drawn with replacement extrapolate to the distance of the two samples at hand, which still has
    the bias. Nor is the intercept held positive, so that equal distributions scatter about 0. The bias is a straight
    line in 1/size only while even the smallest batches have d points.

    Returns:
        The intercept, in the squared unit of the points, with its standard error in the fit as
        `sd`. `event_sd` is that of the distance without extrapolation over 20 bootstrap samples,
        which overstates it for nearly equal distributions. NaN below n = 5 d or ten points.
    """
    random = np.random.default_rng(seed)
    x, y = equal_samples(real, generated, random)
    n = len(x)
    if n // 5 < max(2, x.shape[1]):
        return Measured(math.nan, n=n)
    sizes = np.rint(1 / np.linspace(5 / n, 2 / n, _SIZES)).astype(int)

    def moments(sample: _Array) -> list[_Array]:
        every = np.repeat(sizes, _BATCHES)
        batches = [random.choice(n, size, replace=False, shuffle=False) for size in every]
        return _moments(sample, batches)

    distances = frechet_distance(*moments(x), *moments(y))
    means = distances.reshape(_SIZES, _BATCHES).mean(axis=1)
    line, covariance = np.polyfit(1 / sizes, means, 1, cov=True)
    redrawn = random.integers(n, size=(2, _FRECHET_BOOTSTRAPS, n))
    bootstraps = frechet_distance(*_moments(x, redrawn[0]), *_moments(y, redrawn[1]))
    sd, event_sd = math.sqrt(covariance[1, 1]), float(bootstraps.std(ddof=1))
    return Measured(float(line[1]), sd, event_sd, n)


def kpd(real: ArrayLike, generated: ArrayLike, *, seed: int, degree: Literal[3, 4] = 4) -> Measured:
    """Measure the kernel physics distance (Kansal et al. 2023, section II).

    It is the squared maximum mean discrepancy with the kernel k(x, y) = (x.y / d + 1)^4, or with the power 3 as in the
    kernel Inception distance (Bińkowski et al. 2018, section 4), estimated without bias (Gretton et al. 2012, equation
    3):
    sum_{i != j} [k(x_i, x_j) + k(y_i, y_j)] / (n (n - 1)) - 2 sum_ij k(x_i, y_j) / n^2.
    So it scatters about 0 for equal distributions and may be negative; very much so when a single point of a batch is
    far off, which makes no pair with itself. As published, it is the median over batches; here they are disjoint and
    of at most 2 500 points.

    Returns:
        The median over the batches with their standard deviation as `sd`, NaN for one batch.
        `event_sd` is that over 50 bootstrap samples of the first batch, over the root of the
        number of batches; it overstates it for nearly equal distributions. NaN below two points.
    """
    random = np.random.default_rng(seed)
    x, y = equal_samples(real, generated, random)
    if len(x) < 2:
        return Measured(math.nan, n=len(x))
    number = math.ceil(len(x) / _KERNEL_BATCH)
    size = len(x) // number
    ones = np.ones((2, 1, size))
    weights = random.multinomial(size, np.full(size, 1 / size), (2, RESAMPLES)).astype(np.float64)

    found = []
    for batch in range(number):
        part = slice(batch * size, (batch + 1) * size)
        wanted = [ones] if batch else [ones, weights]
        found.append(_discrepancies(x[part], y[part], degree, wanted))
    values, bootstraps = [of_batch[0].item() for of_batch in found], found[0][1]
    return Measured(
        value=float(np.median(values)),
        sd=float(np.std(values, ddof=1)) if number > 1 else math.nan,
        event_sd=float(bootstraps.std(ddof=1)) / math.sqrt(number),
        n=len(x),
    )


def _moments(sample: _Array, batches: list[NDArray[np.int64]] | NDArray[np.int64]) -> list[_Array]:
    """Compute the means (B, d) and covariances (B, d, d) of batches of a sample."""
    d = sample.shape[1]
    means, covariances = np.empty((len(batches), d)), np.empty((len(batches), d, d))
    for i, batch in enumerate(batches):
        points = sample[batch]
        means[i] = points.mean(axis=0)
        points -= means[i]
        covariances[i] = points.T @ points / (len(points) - 1)
    return [means, covariances]


def _discrepancies(x: _Array, y: _Array, degree: int, weightings: list[_Array]) -> list[_Array]:
    """Compute (B,) squared discrepancies of n points each, with weights (2, B, n) of the x and of the y, several times.

    A point drawn twice makes no pair with itself.
    """

    def within(points: _Array, weights: list[_Array]) -> list[_Array]:
        kernel = _kernel(points, points, degree)
        np.fill_diagonal(kernel, 0)
        pairs = [w.sum(axis=1) ** 2 - np.square(w).sum(axis=1) for w in weights]
        # Few points may be drawn as one point only, which has no pairs: NaN.
        with np.errstate(invalid="ignore"):
            return [((w @ kernel) * w).sum(axis=1) / n for w, n in zip(weights, pairs, strict=True)]

    def across() -> list[_Array]:
        kernel = _kernel(x, y, degree)
        return [
            ((w @ kernel) * v).sum(axis=1) / (w.sum(axis=1) * v.sum(axis=1)) for w, v in weightings
        ]

    # One kernel after the other, for they are large.
    of_x, of_y = (within(p, [w[i] for w in weightings]) for i, p in enumerate((x, y)))
    return [xx + yy - 2 * xy for xx, yy, xy in zip(of_x, of_y, across(), strict=True)]


def _kernel(a: _Array, b: _Array, degree: int) -> _Array:
    """Compute k(a_i, b_j), (n, m)."""
    kernel = a @ b.T
    kernel /= a.shape[1]
    kernel += 1
    if degree == 4:
        np.square(kernel, out=kernel)
        np.square(kernel, out=kernel)
    else:
        kernel *= kernel * kernel
    return kernel


def _both(real: _Array, other: _Array, *, seed: int) -> tuple[Measured, Measured]:
    return fpd(real, other, seed=seed), kpd(real, other, seed=seed)


FPD = Metric(
    name="fpd",
    definition="Fréchet physics distance, extrapolated to infinite n: Kansal et al. 2023",
    rows=each_space(lambda pair: pair.standardised, _both, "fpd", "kpd"),
    spaces=(EMBEDDING, HIGH_LEVEL),
    # Unbiased, so that it may be negative; a far negative one comes of outliers and is no merit.
    direction="target",
    best=0,
    part=Part.DISTANCES,
    place=20,
    shown={space: {"all": "FPD: {space}"} for space in (EMBEDDING, HIGH_LEVEL)},
)
KPD = replace(
    FPD,
    name="kpd",
    definition="kernel physics distance, unbiased: Kansal et al. 2023",
    place=21,
    shown={HIGH_LEVEL: {"all": "KPD: {space}"}},
)
