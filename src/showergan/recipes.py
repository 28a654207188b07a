"""What each job gets of the configuration: everything that changes its result, and nothing else."""

import json
from pathlib import PurePath
from typing import Any, Literal

from pydantic import BaseModel, NonNegativeInt, PositiveInt

from showergan.config import (
    Composition,
    Config,
    Decay,
    Evaluation,
    LearningRates,
    ScoreName,
    Section,
    Seed,
)
from showergan.errors import UserError
from showergan.validation import Model, validated

# Bumped on purpose when a step's numbers change; a golden test fails when they change without it.
RECIPE_VERSIONS = {
    "simulate": 2,
    "fetch": 1,
    "preprocess": 3,
    "embedding": 1,
    "reference": 6,
    "train": 2,
    "audit": 2,
    "describe": 1,
    "evaluate": 6,
    "summarise": 3,
    "verdicts": 2,
    "scorecard": 2,
    "bars": 2,
}


class TrainingRecipe(Section):
    """What `train` gets: everything that changes the trained weights, and nothing else."""

    seed: Seed
    discriminator: Literal["standard", "small"]
    learning_rates: LearningRates
    method: Composition
    epochs: PositiveInt
    batch_size: PositiveInt
    n_critic: PositiveInt
    evaluated_epochs: tuple[NonNegativeInt, ...]
    record_every: PositiveInt
    batches: Literal["shuffled", "replayed"] = "shuffled"
    conditions: Literal["raw", "scaled"] = "raw"
    generator_average: Decay | None = None


class AuditRecipe(Section):
    """What `audit` gets."""

    seed: Seed
    discriminator: Literal["standard", "small"]
    learning_rates: LearningRates
    batch_size: PositiveInt


class DescribeRecipe(Section):
    """What `describe` gets."""

    discriminator: Literal["standard", "small"]


class EvaluationRecipe(Evaluation):
    """What `evaluate` gets: the epoch that `choose_by` chooses is measured by every metric."""

    choose_by: ScoreName


class ScorecardRecipe(Section):
    """What `scorecard` gets."""

    choose_by: ScoreName


class SummaryRecipe(ScorecardRecipe):
    """What `summarise` gets: `choose_by` chooses learning rates only where no pair is a method's own."""

    own_learning_rates: dict[str, str] | None = None


class VerdictRecipe(Section):
    """What `verdicts` gets."""

    baseline: str
    null: str


class BarsRecipe(Section):
    """What `bars` gets."""

    bounded: tuple[str, ...]
    fewest: PositiveInt


def setting(config: Config, method: str) -> dict[str, Any]:
    """Return all that a published value may have in common with ours, besides the learning rates."""
    data = config.data
    return {
        # By its name: the published file may lie anywhere.
        "data": PurePath(data.path or "").name if data.source == "npz" else data.source,
        "method": config.methods[method].composition.model_dump(mode="json"),
        "training": config.training.model_dump(mode="json"),
        "evaluation": config.evaluation.model_dump(mode="json"),
    }


def parse_recipe(model: type[Model], text: str) -> Model:
    """Return a recipe from its canonical JSON text."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"--recipe is not JSON: {error}") from None
    if isinstance(raw, dict):
        raw.pop("recipe_version", None)
    return validated(model, raw, "recipe")


def canonical(step: str, **content: Any) -> str:
    """Return a step's recipe as JSON with sorted keys and the version of the step's numerics.

    The workflow compares recipes as text: equal content gives equal text, whatever the order of YAML keys.
    """
    plain = {
        key: value.model_dump(mode="json") if isinstance(value, BaseModel) else value
        for key, value in content.items()
    }
    return json.dumps({**plain, "recipe_version": RECIPE_VERSIONS[step]}, sort_keys=True)
