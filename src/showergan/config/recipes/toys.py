"""The recipe of toys alone: discriminators before a generator that stays fixed."""

from typing import Self

from pydantic import Field

from showergan.config.recipes.recipe import Recipe
from showergan.config.section import Count, Seed
from showergan.config.whole import Config
from showergan.tasks.toys.recipe import FixedGenerator


class TrainBeforeFixedGenerator(FixedGenerator, Recipe):
    """Train discriminators while the generator stays fixed: their value surfaces, gradients and weights."""

    name = "fixed_generator"
    version = 1

    batch_size: Count = Field(256, description="points of each kind in a step")
    seed: Seed = Field(1, description="random seed")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: its first seed."""
        training, section = config.training, config.fixed_generator  # type: ignore[attr-defined]
        return cls(seed=training.seeds[0], batch_size=training.batch_size, **dict(section))
