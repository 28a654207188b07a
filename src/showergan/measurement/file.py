"""Any generated sample from a file against the real showers, without the generator that made it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy import stats

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.measurement.anchors import measure_draws, real_pairs, shuffled_features
from showergan.measurement.measure import COLUMNS, measure
from showergan.measurement.reference import make_reference
from showergan.metrics.features import Features
from showergan.metrics.metric import CEILING, OTHER_REAL
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.features import features_of
from showergan.tasks.showers.particles import CONDITIONS, Particles
from showergan.tasks.showers.shower_file import NegativeEnergy, read_showers
from showergan.tasks.showers.yardstick import impact_depth_cm

FEWEST = 20
SURE = 1e-3  # level of the test whether two files have the same conditions

# What real showers beside a file are, by conditions and name of the anchor.
WHOSE = {
    ("independent", CEILING): "Its particles are its own. The ceiling is real against real showers "
    "of other particles, which is exact where both are drawn alike.",
    ("same", CEILING): "Its particles are those of the test showers. The ceiling is their second "
    "simulation.",
    ("same", OTHER_REAL): "Its particles are those of the test showers, which cannot be simulated "
    "again: there is no exact ceiling. Other real showers stand in its place; a perfect generator "
    "may pass them.",
}


class FileScores(NamedTuple):
    """How a sample compares.

    Attributes:
        metrics: columns of `measure`; of as many real showers, see `real_pairs`, ceiling and ceiling_sd, its spread
            over draws, or where there is none other_real and other_real_sd; shuffled, what real showers get with the
            particles of others; fraction_of_ceiling of the scores that should be large.
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

    A file has particles of its own: whether they are the test particles decides what `conditions` the comparison
    has, not the recipe. All samples are cut to the size of the smallest one by a random choice.

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
    twins = _twins(fake, test)
    if twins is not None:
        test = test.take(twins)
    recipe = recipe.model_copy(update={"conditions": "independent" if twins is None else "same"})
    particles = Particles.of((select if twins is None else test).conditions)
    shuffled = shuffled_features(real, reference.yardstick, particles, regressor, recipe, device)
    n_test = len(reference.features["test"])
    n = min(map(len, (fake, test, select, shuffled)))
    if n < FEWEST:
        raise UserError(
            f"{generated if n == len(fake) else real}: {n} showers are too few to compare. "
            f"Give at least {FEWEST}."
        )
    remarks = [
        f"{n} of {len(fake)} generated showers against {n} of {n_test} real test showers.",
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
    yardstick = reference.yardstick
    name, pairs = real_pairs(real, yardstick, test, select, regressor, recipe, device)
    remarks.append(WHOSE[recipe.conditions, name])
    table, ends = measure(test, fake, yardstick, recipe), measure_draws(pairs, yardstick, recipe)
    for anchor in (CEILING, OTHER_REAL):
        known = anchor == name
        table[anchor] = ends["value"] if known else np.nan
        table[f"{anchor}_sd"] = ends["spread"] if known else np.nan
    table["shuffled"] = measure(test, shuffled, yardstick, recipe)["value"]
    rising = {m.name for m in yardstick.metrics if m.direction == "higher"}
    table["fraction_of_ceiling"] = (table["value"] / table["ceiling"]).where(
        table["metric"].isin(rising)
    )
    thin = table["flagged"].eq(True) & table["bin"].str.isdigit()
    names = sorted(table.loc[thin, "bin"].unique(), key=int)
    if names:
        remarks.append(
            f"Bins {', '.join(names)} hold fewer than {recipe.events_per_cluster} x K = "
            f"{recipe.events_per_cluster * recipe.clusters} showers: compare with the ceiling only."
        )
    return FileScores(table[[*COLUMNS, *(c for c in table if c not in COLUMNS)]], remarks)


def _twins(fake: Features, test: Features) -> NDArray[np.int64] | None:
    """Return which test shower has the particle of each shower of a file; None unless all have one of their own."""
    rows = {row.tobytes(): i for i, row in enumerate(test.conditions)}
    found = [rows.get(row.tobytes()) for row in fake.conditions]
    if None in found or len(set(found)) < len(found):
        return None
    return np.array(found)


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
    columns = zip(CONDITIONS, fake.conditions.T, real.conditions.T, strict=True)
    differ = [name for name, a, b in columns if stats.ks_2samp(a, b).pvalue < SURE]
    if differ:
        remarks.append(
            f"The conditions {', '.join(differ)} of the two files differ (Kolmogorov-Smirnov, p < "
            f"{SURE:g}): the numbers mix differences of showers and of conditions. Generate for the "
            "particles of the real test showers, or for particles drawn alike."
        )
    return remarks
