"""The ends of each metric's scale: what real showers score, and what every generator should leave behind."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from showergan.config import Evaluation
from showergan.inference.generation import generate
from showergan.measurement.measure import measure
from showergan.measurement.reference import Reference
from showergan.metrics.features import Features, Yardstick
from showergan.metrics.metric import CEILING, COUNTS, OTHER_REAL
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.networks.shower_generator import ShowerGenerator
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.conditions import N_CONDITIONS, Conditioning
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.features import features_of
from showergan.tasks.showers.particles import Particles
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.tensors import SAMPLE_SHAPE
from showergan.tasks.showers.yardstick import impact_depth_cm

DRAWS = 5  # divisions of the real showers, or second simulations, behind a ceiling

Samples = tuple[Features, Features]


def anchors(
    path: Path,
    reference: Reference,
    regressor: EmbeddingRegressor,
    recipe: Evaluation,
    device: torch.device,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure what no generator can beat and what every generator should.

    Args:
        path: the data set.
        reference: made from it.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to generate and embed.

    Returns:
        As `measure_draws` and, of the first draw, as `prd_curves`, both with the column anchor: "ceiling" or
        "other_real", see `real_pairs`; "shuffled", real showers each with a particle of another one, so what a
        generator would get that ignores its conditions; "untrained", a generator before training, which gives empty
        images while its running statistics are at their start.
    """
    select, test = reference.features["select"], reference.features["test"]
    given, yardstick = reference.given["test"], reference.yardstick
    name, pairs = real_pairs(path, test, select, regressor, recipe, device)
    first = next(pairs)
    torch.manual_seed(recipe.seed)
    untrained = features_of(
        generate(
            ShowerGenerator().build(SAMPLE_SHAPE, N_CONDITIONS),
            Conditioning(),
            given.point,
            given.momentum,
            recipe.seed,
            device,
            recipe.generator_mode,
        ),
        regressor,
        recipe.statistics,
        yardstick.impact_depth_cm,
        device,
    )
    floors = {
        "shuffled": shuffled_features(path, given, regressor, recipe, device),
        "untrained": untrained,
    }
    metrics = [measure_draws(chain([first], pairs), yardstick, recipe).assign(anchor=name)]
    curves = [prd_curves(Pair(*first, yardstick, recipe)).assign(anchor=name)]
    for floor, sample in floors.items():
        metrics.append(measure(test, sample, yardstick, recipe).assign(anchor=floor))
        curves.append(prd_curves(Pair(test, sample, yardstick, recipe)).assign(anchor=floor))
    return pd.concat(metrics, ignore_index=True), pd.concat(curves, ignore_index=True)


def real_pairs(
    path: Path,
    test: Features,
    select: Features,
    regressor: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
) -> tuple[str, Iterator[Samples]]:
    """Return pairs of real samples that stand to each other as the test showers and those of a perfect generator.

    Args:
        path: the data set.
        test: its test showers.
        select: its select showers.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to embed.

    Returns:
        The anchor's name and `DRAWS` pairs (real, as if generated). A generator that is given other real particles
        does what real showers do: "ceiling", random divisions of both splits, the first of them the splits
        themselves. One that is given the test particles can at best do what their second simulation does: "ceiling",
        where the data set was simulated. Elsewhere nothing real has these particles, and the divisions are no more
        than "other_real".
    """
    if recipe.conditions == "same" and dataset.can_be_resimulated(path):
        return CEILING, _resimulated(path, test, regressor, recipe, device)
    name = CEILING if recipe.conditions == "independent" else OTHER_REAL
    return name, _divisions(test, select, recipe.seed)


def measure_draws(
    pairs: Iterable[Samples], yardstick: Yardstick, recipe: Evaluation
) -> pd.DataFrame:
    """Return the means over draws of what `measure` returns, and their spread.

    Returns:
        Columns of `measure`; value, sd and event_sd are means, the latter two so the noise of one draw; n, clusters,
        flagged and the counts of mishaps those of the first draw; spread is the sd (n - 1) of the values.
    """
    tables = [measure(real, other, yardstick, recipe) for real, other in pairs]
    draws = pd.concat(tables).groupby(level=0)
    table, numbers = tables[0].copy(), ["value", "sd", "event_sd"]
    measured = table["space"] != COUNTS
    table.loc[measured, numbers] = draws[numbers].mean()
    return table.assign(spread=draws["value"].std(ddof=1))


def shuffled_features(
    path: Path,
    given: Particles,
    regressor: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
) -> Features:
    """Return the features of real select showers, each with a particle of another one among those given."""
    order = np.random.default_rng(recipe.seed).permutation(len(given.point))

    def shuffled() -> Iterator[Showers]:
        first = 0
        for chunk in dataset.stream(path, "select"):
            rows = order[first : first + len(chunk)]
            first += len(chunk)
            showers = chunk.select(slice(len(rows)))
            yield replace(showers, point=given.point[rows], momentum=given.momentum[rows])

    depth = impact_depth_cm(path, recipe)
    return features_of(shuffled(), regressor, recipe.statistics, depth, device)


def _divisions(test: Features, select: Features, seed: int) -> Iterator[Samples]:
    yield test, select
    # Mishaps are not known shower by shower; `measure_draws` takes those of the first pair.
    pooled = replace(test.followed_by(select), counts=select.counts)
    random = np.random.default_rng(seed)
    for _ in range(DRAWS - 1):
        order = random.permutation(len(pooled))
        yield pooled.take(order[: len(test)]), pooled.take(order[len(test) :])


def _resimulated(
    path: Path,
    test: Features,
    regressor: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
) -> Iterator[Samples]:
    depth = impact_depth_cm(path, recipe)
    for draw in range(DRAWS):
        showers = gflash.resimulate(*Particles.of(test.conditions), recipe.seed + draw)
        yield test, features_of(showers, regressor, recipe.statistics, depth, device)
