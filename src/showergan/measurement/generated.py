"""The metrics of one trained generator at each of its evaluated epochs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config import EvaluationRecipe
from showergan.inference.trained import TrainedGenerator
from showergan.measurement.given import HELD_OUT, HeldOut
from showergan.measurement.measure import COLUMNS, measure
from showergan.measurement.reference import Reference
from showergan.metrics.features import Features
from showergan.metrics.metric import Asked
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.metrics.score import best_epoch, scores_over_epochs
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.features import clipped, features_of


class Scores(NamedTuple):
    """What an evaluation leaves.

    Attributes:
        metrics: tidy; epoch, split and the columns of `measure`; what was not measured has no row.
        curves: PRD curves of the last epoch on test; space, precision, recall.
        examples: energies in MeV that the last generator gives for the reference's examples, shape (n, 30, 30).
    """

    metrics: pd.DataFrame
    curves: pd.DataFrame
    examples: NDArray[np.float32]


def evaluate(
    generator: TrainedGenerator,
    reference: Reference,
    regressor: EmbeddingRegressor,
    recipe: EvaluationRecipe,
    device: torch.device,
    on_epoch: Callable[[int, pd.DataFrame], None] | None = None,
) -> Scores:
    """Measure the generator of each epoch that was kept against the select and the test showers.

    It is given the particles that the reference keeps for each, see `given_particles`.

    On select, which only chooses epochs and learning rates, that is PRD alone. On test every metric is measured at the
    epoch that the recipe's score chooses on select, or at the last one where it chooses none; at the others only what
    is cheap, see `Asked`.

    Args:
        generator: the trained one.
        reference: the real showers.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to generate and embed.
        on_epoch: called with (epoch, its metrics on test).
    """

    def generated(epoch: int, split: HeldOut) -> Features:
        given, seed = reference.given[split], 2 * recipe.seed + HELD_OUT.index(split)
        mode = recipe.generator_mode
        showers = generator.showers(given.point, given.momentum, seed, device, mode, epoch=epoch)
        depth = reference.yardstick.impact_depth_cm
        return features_of(showers, regressor, recipe.statistics, depth, device)

    def measured(asked: Asked, fake: Features, epoch: int, split: HeldOut) -> pd.DataFrame:
        table = measure(reference.features[split], fake, reference.yardstick, recipe, asked)
        return table.assign(split=split, epoch=epoch)

    epochs = generator.epochs
    tables = [
        measured(Asked.CHOICE, generated(epoch, "select"), epoch, "select") for epoch in epochs
    ]
    chosen = _chosen(pd.concat(tables), recipe.choose_by) or epochs[-1]
    for epoch in epochs:
        fake = generated(epoch, "test")
        asked = Asked.ONCE if epoch == chosen else Asked.COURSE
        tables.append(measured(asked, fake, epoch, "test"))
        if on_epoch:
            on_epoch(epoch, tables[-1])
    examples = reference.examples
    (pictures,) = generator.showers(
        examples.point, examples.momentum, recipe.seed, device, recipe.generator_mode
    )
    return Scores(
        pd.concat(tables, ignore_index=True)[["epoch", "split", *COLUMNS]],
        prd_curves(Pair(reference.features["test"], fake, reference.yardstick, recipe)),
        clipped(pictures.energy),
    )


def _chosen(metrics: pd.DataFrame, score: str) -> int | None:
    scores = scores_over_epochs(metrics)
    return best_epoch(scores[scores["score"] == score].set_index("epoch")["value"])
