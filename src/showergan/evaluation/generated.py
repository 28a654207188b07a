"""The metrics of one trained generator at each of its evaluated epochs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config.recipes.evaluation import Evaluate
from showergan.evaluation.generator import TrainedGenerator
from showergan.evaluation.measure import COLUMNS, measure
from showergan.evaluation.reference import HELD_OUT, HeldOut, Reference
from showergan.metrics.conditional_prd import best_epoch, scores_over_epochs
from showergan.metrics.features import COUNTS, DIVERGED, Features
from showergan.metrics.metric import Stage
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves


class Scores(NamedTuple):
    """Results of an evaluation.

    Attributes:
        metrics: tidy; epoch, split and the columns of `measure`; what was not measured has no row.
        curves: PRD curves of the last epoch on test; space, precision, recall.
        examples: samples of the last generator, or of that of every epoch, for the conditions of the examples of the
            reference; arrays (n, ...) by name.
    """

    metrics: pd.DataFrame
    curves: pd.DataFrame
    examples: dict[str, NDArray[Any]]


def evaluate(
    generator: TrainedGenerator,
    reference: Reference,
    embedding: Any,
    recipe: Evaluate,
    device: torch.device,
    on_epoch: Callable[[int, pd.DataFrame], None] | None = None,
) -> Scores:
    """Measure the generator of each epoch that was kept against the select and the test samples.

    It generates for the conditions that the reference keeps for each. On select, which only chooses epochs and learning
    rates, PRD alone is measured. On test every metric is measured at the epoch that the recipe's score chooses on
    select, or at the last one where it chooses none; at the others only cheap ones, see `Stage`. An epoch that a
    diverged training did not reach has samples that are NaN; the step of divergence stands among the counts of all
    epochs. `on_epoch` is called with an epoch and its metrics on test; the embedding is None where the task has none.
    """
    generator, diverged = generator.with_unreached(), generator.description.diverged
    extract = reference.extractor(embedding, recipe, device)

    def pair(fake: Features, split: HeldOut) -> Pair:
        return Pair(reference.features[split], fake, reference.reference_statistics, recipe)

    def generated(epoch: int, split: HeldOut) -> Features:
        seed, mode = 2 * recipe.seed + HELD_OUT.index(split), recipe.generator_mode
        conditions = reference.generator_conditions[split]
        return extract(generator.sampled(conditions, seed, device, mode, epoch=epoch))

    def measured(stage: Stage, fake: Features, epoch: int, split: HeldOut) -> pd.DataFrame:
        table = measure(pair(fake, split), reference.task.metrics, stage)
        return table.assign(split=split, epoch=epoch)

    epochs = generator.epochs
    tables = [
        measured(Stage.SELECTION, generated(epoch, "select"), epoch, "select") for epoch in epochs
    ]
    scores = scores_over_epochs(pd.concat(tables))
    scores = scores[scores["score"] == recipe.choose_by]
    chosen = best_epoch(scores.set_index("epoch")["value"]) or epochs[-1]
    for epoch in epochs:
        fake = generated(epoch, "test")
        stage = Stage.CHOSEN_EPOCH if epoch == chosen else Stage.EVERY_EPOCH
        tables.append(measured(stage, fake, epoch, "test"))
        if on_epoch:
            on_epoch(epoch, tables[-1])
    if diverged:
        step = {"metric": DIVERGED, "space": COUNTS, "bin": "all", "value": float(diverged.step)}
        row = {"split": "test", **step, "n": len(reference.features["test"])}
        tables.append(pd.DataFrame([{"epoch": epoch, **row} for epoch in epochs]))
    return Scores(
        pd.concat(tables, ignore_index=True)[["epoch", "split", *COLUMNS]],
        prd_curves(pair(fake, "test")),
        _examples(generator, reference, recipe, device),
    )


def _examples(
    generator: TrainedGenerator,
    reference: Reference,
    recipe: Evaluate,
    device: torch.device,
) -> dict[str, NDArray[Any]]:
    """Return what figures show of the generators, see `TaskSpec.examples_of`."""
    task, conditions = reference.task, reference.examples.conditions

    def examples(epoch: int) -> dict[str, NDArray[Any]]:
        mode = recipe.generator_mode
        return task.examples(generator.sampled(conditions, recipe.seed, device, mode, epoch=epoch))

    if task.examples_of == "last":
        return examples(generator.epochs[-1])
    each = {epoch: examples(epoch) for epoch in generator.epochs}
    names = each[generator.epochs[0]]
    return {
        "epoch": np.repeat(generator.epochs, len(reference.examples)),
        **{name: np.concatenate([arrays[name] for arrays in each.values()]) for name in names},
    }
