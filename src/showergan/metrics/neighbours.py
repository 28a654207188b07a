"""Density and coverage: Naeem et al. 2020, arXiv:2002.09797."""

import math
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from showergan.errors import UserError
from showergan.metrics.features import EMBEDDING, HIGH_LEVEL
from showergan.metrics.measured import Measured
from showergan.metrics.metric import Metric, Part, each_space
from showergan.metrics.samples import equal_samples

_CHUNK = 256
_ROUNDING = 1e-12


def density_coverage(
    real: ArrayLike, generated: ArrayLike, *, neighbours: int = 5, seed: int
) -> tuple[Measured, Measured]:
    """Measure how densely generated points lie near real ones, and how many of these they reach.

    With r_i the distance of the real x_i to its k-th nearest other real point and the generated y_j (Naeem et al. 2020,
    section 3.2),
    density = 1/(k m) sum_j sum_i 1[d(x_i, y_j) <= r_i],
    coverage = 1/n sum_i 1[min_j d(x_i, y_j) <= r_i].
    For equal distributions the density is 1 on average, and may exceed it; the coverage of equally many points is
    1 - prod_{i=1..k} (n - i)/(2 n - i), about 1 - 2^-k.

    Returns:
        Density and coverage; NaN for k (`neighbours`) or fewer points. `event_sd` is that of bootstrap samples of the
        generated points for the density and of the real ones for the coverage: both are means over these points, so
        that it is their sd over the root of n. The other sample stays as it is: between independent pairs of samples
        the spread is up to about 1.7 times larger.
    """
    if neighbours < 1:
        raise UserError(f"density and coverage: {neighbours} neighbours; must be positive")
    samples = equal_samples(real, generated, np.random.default_rng(seed))
    n = len(samples[0])
    if n <= neighbours:
        return Measured(math.nan, n=n), Measured(math.nan, n=n)
    # Squared distances lose digits far from the origin. The mean of the real points ignores exploding generated ones.
    x, y = (torch.from_numpy(a - samples[0].mean(axis=0)) for a in samples)

    balls = torch.zeros(n, dtype=torch.int32)
    covered = torch.empty(n, dtype=torch.float64)
    for part in torch.arange(n).split(_CHUNK):
        # The nearest of the others and the point itself.
        radii = _squared_distances(x[part], x).topk(neighbours + 1, largest=False).values[:, -1:]
        # Ties count, whatever the rounding.
        radii += _ROUNDING * (radii + x[part].square().sum(1, keepdim=True))
        inside = _squared_distances(x[part], y) <= radii
        balls += inside.sum(0, dtype=torch.int32)
        covered[part] = inside.any(1).double()
    return _mean(balls.double() / neighbours), _mean(covered)


def _squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Compute (n, m) squared distances; in float32 those of neighbours would cancel away."""
    squares = torch.addmm(b.square().sum(1), a, b.T, alpha=-2)
    squares += a.square().sum(1, keepdim=True)
    return squares


def _mean(contributions: Tensor) -> Measured:
    n = len(contributions)
    sd = contributions.std(correction=0).item() / math.sqrt(n)
    return Measured(contributions.mean().item(), event_sd=sd, n=n)


DENSITY = Metric(
    name="density",
    definition="how densely generated points lie near real ones, by nearest neighbours, k = 5: Naeem et al. 2020",
    rows=each_space(lambda pair: pair.standardised, density_coverage, "density", "coverage"),
    spaces=(EMBEDDING, HIGH_LEVEL),
    direction="higher",
    best=1,
    worst=0,
    part=Part.DISTRIBUTIONS,
    place=20,
    shown={HIGH_LEVEL: {"all": "density"}},
)
COVERAGE = replace(
    DENSITY,
    name="coverage",
    definition="share of the real points that generated ones reach, likewise; of infinitely many points 1 - 2⁻⁵",
    best=1 - 2**-5,
    place=21,
    shown={HIGH_LEVEL: {"all": "coverage"}},
)
