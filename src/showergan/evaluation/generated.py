"""The metrics of one trained generator at each of its evaluated epochs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.evaluation.features import clipped, features_of
from showergan.evaluation.generation import generate
from showergan.evaluation.measure import measure, measure_for_choice
from showergan.evaluation.prd import COLUMNS, prd_curves
from showergan.evaluation.reference import SPLITS, Reference
from showergan.networks.embedding import EmbeddingRegressor
from showergan.networks.generator import Generator
from showergan.training.snapshots import Snapshots


class Scores(NamedTuple):
    """What an evaluation leaves.

    Attributes:
        metrics: tidy; epoch, split and the columns of `measure`.
        curves: PRD curves of the last epoch on test; space, precision, recall.
        examples: energies in MeV that the last generator gives for the reference's examples, shape (n, 30, 30).
    """

    metrics: pd.DataFrame
    curves: pd.DataFrame
    examples: NDArray[np.float32]


def evaluate(
    snapshots: Snapshots,
    reference: Reference,
    regressor: EmbeddingRegressor,
    recipe: Evaluation,
    device: torch.device,
    on_epoch: Callable[[int, pd.DataFrame], None] | None = None,
) -> Scores:
    """Measure the generator of each snapshot on the conditions of the select and the test showers.

    On select, which only chooses epochs and learning rates, that is PRD alone.

    Args:
        snapshots: the generator by epoch.
        reference: the real showers.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to generate and embed.
        on_epoch: called with (epoch, its metrics).
    """
    generator = Generator()
    measures = {"select": measure_for_choice, "test": measure}
    tables = []
    for epoch in sorted(snapshots.states):
        generator.load_state_dict(snapshots.states[epoch])
        rows = []
        for number, split in enumerate(SPLITS):
            real = reference.features[split]
            showers = generate(
                generator,
                snapshots.conditioning,
                real.point,
                real.momentum,
                2 * recipe.seed + number,
                device,
                recipe.generator_mode,
            )
            depth = reference.frame.impact_depth_cm
            fake = features_of(showers, regressor, recipe.statistics, depth, device)
            table = measures[split](real, fake, reference.frame, recipe)
            rows.append(table.assign(split=split))
        tables.append(pd.concat(rows, ignore_index=True).assign(epoch=epoch))
        if on_epoch:
            on_epoch(epoch, tables[-1])
    metrics = pd.concat(tables, ignore_index=True)
    examples = reference.examples
    (pictures,) = generate(
        generator,
        snapshots.conditioning,
        examples.point,
        examples.momentum,
        recipe.seed,
        device,
        recipe.generator_mode,
    )
    return Scores(
        metrics[["epoch", "split", *COLUMNS]],
        prd_curves(real, fake, reference.frame, recipe),
        clipped(pictures.energy),
    )
