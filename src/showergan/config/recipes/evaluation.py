"""Recipes of the steps that measure samples against real ones."""

from typing import Self

from pydantic import Field

from showergan.config.evaluation import Evaluation, ScoreName
from showergan.config.recipes.recipe import Recipe
from showergan.config.whole import Config


class Reference(Evaluation, Recipe):
    """Compute features of the real select and test samples, and the ceilings and floors of every metric."""

    version = 7
    section = "evaluation"


class Evaluate(Evaluation, Recipe):
    """Score the generator of every evaluated epoch of one training."""

    version = 7

    choose_by: ScoreName = Field(
        description="score on select that chooses the epoch, which is measured by every metric"
    )

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of every training of a run."""
        return cls(choose_by=config.choose_by, **dict(config.evaluation))


class EvaluateFile(Evaluation, Recipe):
    """Score any generated sample against real showers, beside what real showers score themselves."""

    version = 2
    section = "evaluation"
