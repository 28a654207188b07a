"""The distributions of Gulrajani et al. 2017, section 5.1 and figure 1, scaled about to unit variance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """Points in a plane.

    Attributes:
        sample: draws points (n, 2) with a random generator.
        modes: centres (k, 2) of its Gaussians; without rows where it has none.
        mode_sd: standard deviation of each coordinate about a centre; NaN where it has none.
    """

    sample: Callable[[int, np.random.Generator], NDArray[np.float32]]
    modes: _Array
    mode_sd: float


def _gaussians(centres: _Array, sd: float) -> Distribution:
    def sample(n: int, random: np.random.Generator) -> NDArray[np.float32]:
        chosen = centres[random.integers(len(centres), size=n)]
        return (chosen + random.normal(scale=sd, size=(n, 2))).astype(np.float32)

    return Distribution(sample, centres, sd)


def _swiss_roll(n: int, random: np.random.Generator) -> NDArray[np.float32]:
    """A spiral of 1.5 turns: radius and angle t between 1.5 pi and 4.5 pi, noise of sd 0.25, all divided by 7.5."""
    t = 1.5 * np.pi * (1 + 2 * random.random(n))
    spiral = np.stack([t * np.cos(t), t * np.sin(t)], axis=1)
    return ((spiral + random.normal(scale=0.25, size=(n, 2))) / 7.5).astype(np.float32)


_ANGLES = np.arange(8) * np.pi / 4
_RING = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
_STEPS = np.arange(-2.0, 3.0)
_GRID = np.stack(np.meshgrid(_STEPS, _STEPS, indexing="ij"), axis=-1).reshape(-1, 2)

DISTRIBUTIONS = {
    # On a circle of radius 2, sd 0.02, all divided by sqrt 2.
    "gaussians_8": _gaussians(2 * _RING / np.sqrt(2), 0.02 / np.sqrt(2)),
    # On a grid of five by five, 2 apart, sd 0.05, all divided by sqrt 8.
    "gaussians_25": _gaussians(2 * _GRID / np.sqrt(8), 0.05 / np.sqrt(8)),
    "swiss_roll": Distribution(_swiss_roll, np.empty((0, 2)), float("nan")),
}
