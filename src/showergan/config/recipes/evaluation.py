"""Recipes of samples measured against real ones."""

from typing import Self

from showergan.config.evaluation import Evaluation, EvaluationRecipe
from showergan.config.recipes.recipe import Recipe
from showergan.config.whole import Config


class Reference(Evaluation, Recipe):
    """Compute features of the real select and test samples, and the ceilings and floors of every metric."""

    name = "reference"
    version = 7
    section = "evaluation"


class Evaluate(EvaluationRecipe, Recipe):
    """Score the generator of every evaluated epoch of one training."""

    name = "evaluate"
    version = 7

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of every training of a run."""
        return cls(choose_by=config.choose_by, **dict(config.evaluation))


class EvaluateFile(Evaluation, Recipe):
    """Score any generated sample against real showers, beside what real showers score themselves."""

    name = "evaluate_file"
    version = 2
    section = "evaluation"
