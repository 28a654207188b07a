"""What generators are given to be measured against real samples."""

from typing import Any, Literal

import numpy as np

from showergan.config import Evaluation
from showergan.metrics.features import Features
from showergan.tasks.task import Task

HeldOut = Literal["select", "test"]
HELD_OUT: tuple[HeldOut, ...] = ("select", "test")


def given_by_split(
    task: Task, recipe: Evaluation, train: Features, features: dict[HeldOut, Features]
) -> dict[HeldOut, Any]:
    """Return what generators are given, of showers the particles, by the split that they are measured against.

    "same": those of the split itself. "independent": against test those of select, against select as many of
    training, so that no generated sample shares its conditions with a real one.
    """
    if recipe.conditions == "same":
        return {split: task.given.of(own.conditions) for split, own in features.items()}
    n_select, n_test = (len(features[split]) for split in HELD_OUT)
    # Drawn, for a split keeps the order of its file, which may be any.
    drawn = np.random.default_rng(recipe.seed).permutation(len(train))[:n_select]
    first = features["select"].conditions[: min(n_select, n_test)]
    return {"select": task.given.of(train.conditions[drawn]), "test": task.given.of(first)}
