"""The Fréchet distance of pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from showergan.metrics.measured import Measured
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.metrics.physics_distance import frechet_distance
from showergan.metrics.samples import equal_samples
from showergan.tasks.images.spaces import SPACES, embedded

RESAMPLES = 10


def frechet(real: ArrayLike, generated: ArrayLike, *, seed: int) -> Measured:
    """Compute the squared Fréchet distance of the Gaussians with the moments of two samples.

    Heusel et al. 2017, equation 6, with the features of another network. It is biased upwards by about a constant over
    n: compare with the ceiling, which has as many pictures.

    Args:
        real: features, shape (n, d).
        generated: features, shape (m, d).
        seed: of the choice of min(n, m) of each, and of the bootstrap.

    Returns:
        The distance, NaN of fewer than two pictures.

    Raises:
        UserError: a sample is misshapen or has a number that is not finite.
    """
    random = np.random.default_rng(seed)
    x, y = equal_samples(real, generated, random)
    n = len(x)
    if n < 2:
        return Measured(np.nan, n=n)
    drawn = random.integers(n, size=(RESAMPLES, 2, n))
    resampled = [_distance(x[rows], y[others]) for rows, others in drawn]
    return Measured(_distance(x, y), event_sd=float(np.std(resampled, ddof=1)), n=n)


def _distance(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    moments = [
        moment
        for a in (x, y)
        for moment in (a.mean(axis=0), np.atleast_2d(np.cov(a, rowvar=False)))
    ]
    return float(frechet_distance(*moments))


def _rows(pair: Pair) -> Iterator[Row]:
    for space, (real, other) in embedded(pair).items():
        yield "frechet", space, "all", frechet(real, other, seed=pair.seed)


FRECHET = Metric(
    name="frechet",
    definition="squared Fréchet distance of Gaussians with the moments of the features: Heusel et al. 2017",
    rows=_rows,
    spaces=SPACES,
    direction="lower",
    best=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTANCES,
    place=1,
    shown={space: {"all": "Fréchet: {space}"} for space in SPACES},
)
