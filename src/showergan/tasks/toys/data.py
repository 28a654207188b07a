"""Which points, and how many."""

from typing import Literal

from pydantic import Field

from showergan.config.data import Data
from showergan.config.section import Seed


class ToyData(Data):
    """Points drawn from a known distribution: half train, a quarter select, a quarter test."""

    source: Literal["gaussians_8", "gaussians_25", "swiss_roll"] = Field(
        "gaussians_8", description="eight Gaussians on a circle, 25 on a grid, or a spiral"
    )
    n_points: int = Field(8000, ge=8, le=10**9, description="number of points")
    seed: Seed = Field(1, description="random seed of the points")
    split_seed: Seed = Field(2023, description="random seed of the split")

    @property
    def n_train(self) -> int:
        """Half of the points, rounded up."""
        return self.n_points - self.n_points // 2
