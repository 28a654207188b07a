"""Any generated sample from a file against the real showers, without the generator that made it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from scipy import stats

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.evaluation.features import Features, features_of
from showergan.evaluation.measure import measure
from showergan.evaluation.prd import COLUMNS
from showergan.evaluation.reference import impact_depth_cm, make_reference, shuffled_features
from showergan.evaluation.scorecard import ENTRIES
from showergan.networks.embedding import TARGETS, EmbeddingRegressor
from showergan.showers.any_file import read_showers
from showergan.showers.energy_check import NegativeEnergy

FEWEST = 20
SURE = 1e-3  # level of the test whether two files have the same conditions


class FileScores(NamedTuple):
    """How a sample compares.

    Attributes:
        metrics: columns of `measure`; ceiling and ceiling_event_sd, what the real select showers get, and shuffled,
            what they get with each other's conditions, both with as many showers; fraction_of_ceiling of the scores
            that should be large.
        remarks: what a reader of the numbers must know.
    """

    metrics: pd.DataFrame
    remarks: list[str]


def evaluate_file(
    generated: Path,
    real: Path,
    regressor: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
    negative_energy: NegativeEnergy,
) -> FileScores:
    """Measure the showers of a file against the real test showers.

    All samples are cut to the size of the smallest one by a random choice.

    Args:
        generated: npz or HDF5, see `read_showers`.
        real: a data set that `preprocess` wrote.
        regressor: the embedding; without one, metrics that look at it are missing.
        recipe: settings of the metrics.
        device: where to embed.
        negative_energy: what to do with negative energies of the generated file.

    Raises:
        UserError: If a file is unusable, or has fewer than 20 showers.
    """
    depth = impact_depth_cm(real, recipe)
    fake = features_of(
        read_showers(generated, negative_energy, "--negative-energy clip"),
        regressor,
        recipe.statistics,
        depth,
        device,
    )
    reference = make_reference(real, regressor, recipe, device)
    test, select = reference.features["test"], reference.features["select"]
    shuffled = shuffled_features(real, select, regressor, recipe, device)
    n = min(len(fake), len(test), len(select))
    if n < FEWEST:
        raise UserError(
            f"{generated if n == len(fake) else real}: {n} showers are too few to compare. "
            f"Give at least {FEWEST}."
        )
    remarks = [
        f"{n} of {len(fake)} generated showers against {n} of {len(test)} real test showers.",
        f"The physics statistics ({recipe.statistics}) take the impact point at a depth of {depth:.2f} cm.",
        *_remarks(fake, test),
    ]
    if regressor is None:
        remarks.append(
            "No --embedding: the metrics of the space E and the condition error are missing."
        )
    test, select, shuffled, fake = (
        _cut(sample, n, recipe.seed) for sample in (test, select, shuffled, fake)
    )
    frame = reference.frame
    table, ceiling, floor = (
        measure(test, sample, frame, recipe) for sample in (fake, select, shuffled)
    )
    table["ceiling"], table["ceiling_event_sd"] = ceiling["value"], ceiling["event_sd"]
    table["shuffled"] = floor["value"]
    rising = {entry.metric for entry in ENTRIES if entry.worst == 0} | {"f8", "f1_8"}
    table["fraction_of_ceiling"] = (table["value"] / table["ceiling"]).where(
        table["metric"].isin(rising)
    )
    thin = table["flagged"].eq(True) & ~table["bin"].isin(["all", "mean"])
    names = sorted(table.loc[thin, "bin"].unique(), key=int)
    if names:
        remarks.append(
            f"Bins {', '.join(names)} hold fewer than {recipe.events_per_cluster} x K = "
            f"{recipe.events_per_cluster * recipe.clusters} showers: compare with the ceiling only."
        )
    return FileScores(table[[*COLUMNS, *(c for c in table if c not in COLUMNS)]], remarks)


def _cut(features: Features, n: int, seed: int) -> Features:
    if len(features) == n:
        return features
    chosen = np.random.default_rng(seed).permutation(len(features))[:n]
    return features.take(np.sort(chosen))


def _remarks(fake: Features, real: Features) -> list[str]:
    """Say what makes the numbers harder to read: mishaps, and conditions that differ."""
    remarks = [
        f"{name.removeprefix('n_').replace('_', ' ').capitalize()}: {n} in {len(fake)} generated "
        f"showers, {real.counts[name]} in {len(real)} real ones."
        for name, n in fake.counts.items()
        if n
    ]
    columns = zip(TARGETS, fake.conditions.T, real.conditions.T, strict=True)
    differ = [name for name, a, b in columns if stats.ks_2samp(a, b).pvalue < SURE]
    if differ:
        remarks.append(
            f"The conditions {', '.join(differ)} of the two files differ (Kolmogorov-Smirnov, p < "
            f"{SURE:g}): the numbers mix differences of showers and of conditions. Generate for the "
            "particles of the real test showers, or for particles drawn alike."
        )
    return remarks
