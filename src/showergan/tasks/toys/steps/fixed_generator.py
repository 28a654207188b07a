"""Discriminators trained against a generator that stays fixed."""

from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from showergan.cli.step import Output, Step
from showergan.config.section import Count, Seed
from showergan.config.whole import Config
from showergan.io.files import atomic_write
from showergan.io.tables import write_table
from showergan.tasks.toys import fixed_generator
from showergan.tasks.toys.recipe import FixedGenerator


class TrainBeforeFixedGenerator(FixedGenerator, Step):
    """Train discriminators while the generator stays fixed: their value surfaces, gradients and weights."""

    name = "fixed_generator"
    version = 1

    batch_size: Count = Field(256, description="points of each kind in a step")
    seed: Seed = Field(1, description="random seed")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run: its first seed."""
        section = config.fixed_generator  # type: ignore[attr-defined]
        return cls(
            seed=config.training.seeds[0], batch_size=config.training.batch_size, **dict(section)
        )

    def run(
        self,
        *,
        out: Annotated[Path, Output("values on a grid: npz")],
        gradients: Annotated[Path, Output("a row per constraint and layer: CSV")],
        weights: Annotated[Path, Output("histograms of weights: CSV")],
    ) -> None:
        """Train one after the other."""
        fixed, rest = fixed_generator, (self.batch_size, self.seed)
        layers = fixed.DEEP_LAYERS
        norms, shares = fixed.deep_discriminators(
            fixed.Sizes(self.width, layers, self.deep_steps, *rest)
        )
        surfaces = fixed.value_surfaces(fixed.Sizes(self.width, 3, self.steps, *rest))
        write_table(norms, gradients)
        write_table(shares, weights)
        with atomic_write(out) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **surfaces)
