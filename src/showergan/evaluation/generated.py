"""The scores of one trained generator at each of its evaluated epochs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.evaluation.reference import SPACES, SPLITS, Reference, features_of, score
from showergan.metrics.prd import prd_scores
from showergan.metrics.statistics import flag_counts, observables
from showergan.networks.embedding import EmbeddingRegressor
from showergan.networks.generator import Generator, draw_noise
from showergan.showers.conditions import conditions
from showergan.showers.sample import Showers
from showergan.training.snapshots import Snapshots

LARGEST_ENERGY_MEV = 1e7  # per cell; log1p values above are clipped before expm1, and counted
CURVE_POINTS = 101


class Scores(NamedTuple):
    """What an evaluation leaves.

    Attributes:
        metrics: tidy; epoch, split, metric, space, bin, value, sd, n, clusters, flagged.
        curves: PRD curves of the last epoch on test; space, precision, recall.
        examples: energies in MeV that the last generator gives for the reference's examples, shape (n, 30, 30).
    """

    metrics: pd.DataFrame
    curves: pd.DataFrame
    examples: NDArray[np.float32]


@dataclass(frozen=True)
class Generated:
    """Generated showers and what went wrong with them.

    Attributes:
        energy: MeV, shape (n, 30, 30); a cell that is not a number stays so.
        n_clipped_cells: cells above 1e7 MeV, set to that.
        n_not_finite: showers with a cell that is not a number.
    """

    energy: NDArray[np.float32]
    n_clipped_cells: int
    n_not_finite: int


@torch.no_grad()
def generate(
    generator: Generator,
    condition: NDArray[np.float32],
    seed: int,
    device: torch.device,
    mode: Literal["running", "batch"] = "running",
) -> Generated:
    """Return one shower for each condition.

    Args:
        generator: its running statistics change in the mode "batch".
        condition: shape (n, 7).
        seed: of the noise.
        device: where to generate.
        mode: BatchNorm with running statistics, or with those of batches of 64.
    """
    generator.to(device).train(mode == "batch")
    noise = torch.Generator(device).manual_seed(seed)
    parts = [
        generator(draw_noise(len(c), noise), c.to(device)).squeeze(1).cpu()
        for c in torch.from_numpy(condition).split(64 if mode == "batch" else 1000)
    ]
    log_energy = torch.cat(parts)
    limit = float(np.log1p(LARGEST_ENERGY_MEV))
    return Generated(
        torch.expm1(log_energy.clamp(max=limit)).numpy(),
        int((log_energy > limit).sum()),
        int((~log_energy.isfinite()).flatten(1).any(1).sum()),
    )


def evaluate(
    snapshots: Snapshots,
    reference: Reference,
    regressor: EmbeddingRegressor,
    recipe: Evaluation,
    device: torch.device,
    on_epoch: Callable[[int, pd.DataFrame], None] | None = None,
) -> Scores:
    """Score the generator of each snapshot on the conditions of the select and the test showers.

    Args:
        snapshots: states of the generator by epoch.
        reference: the real showers.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to generate and embed.
        on_epoch: called with (epoch, its metrics).
    """
    generator = Generator()
    tables = []
    for epoch in sorted(snapshots):
        generator.load_state_dict(snapshots[epoch])
        rows = []
        for number, split in enumerate(SPLITS):
            generated = generate(
                generator,
                reference.condition(split),
                2 * recipe.seed + number,
                device,
                recipe.generator_mode,
            )
            showers = Showers(
                generated.energy, reference.point[split], reference.momentum[split], None
            )
            real = reference.features[split]
            fake, statistics = features_of(
                showers, real.bins, regressor, recipe.statistics, reference.scale, device
            )
            for space in SPACES:
                table = score(real.spaces[space], fake.spaces[space], real.bins, fake.bins, recipe)
                rows.append(_tidy(table).assign(split=split, space=space))
            counts = {
                "n_clipped_cells": generated.n_clipped_cells,
                "n_not_finite": generated.n_not_finite,
                **{f"n_{name}": n for name, n in flag_counts(statistics).items()},
            }
            rows.append(_whole(counts, len(showers)).assign(split=split, space="counts"))
            seen = observables(showers.energy)
            means, sds = seen.mean().to_dict(), seen.std().to_dict()
            rows.append(_whole(means, len(showers), sds).assign(split=split, space="energy"))
        tables.append(pd.concat(rows, ignore_index=True).assign(epoch=epoch))
        if on_epoch:
            on_epoch(epoch, tables[-1])
    curves = pd.concat(
        [
            _curve(real.spaces[space], fake.spaces[space], recipe).assign(space=space)
            for space in SPACES
        ],
        ignore_index=True,
    )
    examples = reference.examples
    pictures = generate(
        generator,
        conditions(examples.point, examples.momentum),
        recipe.seed,
        device,
        recipe.generator_mode,
    )
    metrics = pd.concat(tables, ignore_index=True)
    first = ["epoch", "split", "metric", "space", "bin", "value", "sd", "n"]
    return Scores(metrics[first + [c for c in metrics if c not in first]], curves, pictures.energy)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Turn one row per bin into one row per bin and metric."""
    shared = ["bin", "n", "clusters", "flagged"]
    return pd.concat(
        [
            table[shared].assign(
                metric=metric, value=table[metric], sd=table.get(f"{metric}_sd", np.nan)
            )
            for metric in ("prd_auc", "f8", "f1_8")
        ],
        ignore_index=True,
    )


def _whole(
    values: Mapping[Any, float], n: int, sds: Mapping[Any, float] | None = None
) -> pd.DataFrame:
    """Return rows about the whole sample of n showers."""
    return pd.DataFrame(
        {
            "metric": list(values),
            "value": list(values.values()),
            "sd": [(sds or {}).get(name, np.nan) for name in values],
            "bin": "all",
            "n": n,
        }
    )


def _curve(
    real: NDArray[np.floating], fake: NDArray[np.floating], recipe: Evaluation
) -> pd.DataFrame:
    scores = prd_scores(
        real, fake, clusters=recipe.clusters, repeats=recipe.repeats, seed=recipe.seed
    )
    thinned = np.linspace(0, len(scores.precision) - 1, CURVE_POINTS).round().astype(int)
    return pd.DataFrame({"precision": scores.precision[thinned], "recall": scores.recall[thinned]})
