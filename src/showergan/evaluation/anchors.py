"""The ends of each metric's scale: what real samples score, and what every generator should leave behind."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from showergan.config.evaluation import Evaluation
from showergan.evaluation.generation import generate
from showergan.evaluation.measure import measure
from showergan.evaluation.reference import Reference, See
from showergan.metrics.features import Features, ReferenceStatistics
from showergan.metrics.metric import CEILING, COUNTS, OTHER_REAL
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.metrics.spread import varies
from showergan.networks.base import build
from showergan.tasks.found import of_file

DRAWS = 5  # divisions of the real samples, or repetitions of them, behind a ceiling

Samples = tuple[Features, Features]


def anchors(
    path: Path, reference: Reference, embedding: Any, recipe: Evaluation, device: torch.device
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure what no generator can beat and what every generator should.

    Args:
        path: the data set.
        reference: made from it.
        embedding: that of the task; what needs it is missing without.
        recipe: settings of the metrics.
        device: where to generate and embed.

    Returns:
        As `measure_draws` and, of the first draw, as `prd_curves`, both with the column anchor: "ceiling" or
        "other_real", see `real_pairs`; "shuffled", real samples each with the conditions of another one, so what a
        generator would get that ignores its conditions, where these differ; "untrained", a generator before training,
        that of showers giving empty images while its running statistics are at their start.
    """
    task, given, reference_statistics = (
        reference.task,
        reference.given["test"],
        reference.reference_statistics,
    )
    test, see = reference.features["test"], reference.sees(embedding, recipe, device)
    name, pairs = real_pairs(path, test, reference.features["select"], see, recipe)
    first = next(pairs)
    metrics = [
        measure_draws(chain([first], pairs), reference_statistics, recipe).assign(anchor=name)
    ]
    curves = [prd_curves(Pair(*first, reference_statistics, recipe)).assign(anchor=name)]
    floors = {}
    if varies(given.conditions).any():
        floors["shuffled"] = shuffled_features(path, given, see, recipe.seed)
    torch.manual_seed(recipe.seed)
    network = build(task.start, task.sample_shape, task.n_conditions)
    how = recipe.seed, device, recipe.generator_mode
    floors["untrained"] = see(generate(task, network, task.conditioning(), given, *how))
    for floor, sample in floors.items():
        metrics.append(measure(test, sample, reference_statistics, recipe).assign(anchor=floor))
        curves.append(
            prd_curves(Pair(test, sample, reference_statistics, recipe)).assign(anchor=floor)
        )
    return pd.concat(metrics, ignore_index=True), pd.concat(curves, ignore_index=True)


def real_pairs(
    path: Path, test: Features, select: Features, see: See, recipe: Evaluation
) -> tuple[str, Iterator[Samples]]:
    """Return pairs of real samples that stand to each other as the test samples and those of a perfect generator.

    Returns:
        The anchor's name and `DRAWS` pairs (real, as if generated). A generator that is given other real conditions, or
        none, does what real samples do: "ceiling", random divisions of both splits, the first of them the splits
        themselves. One that is given the test conditions can at best do what their repetition does: "ceiling",
        where the data set at `path` was simulated. Elsewhere nothing real has these conditions, and the divisions are
        no more than "other_real".
    """
    task = of_file(path)
    if recipe.conditions == "independent" or not task.n_conditions:
        return CEILING, _divisions(test, select, recipe.seed)
    if not task.can_be_repeated(path):
        return OTHER_REAL, _divisions(test, select, recipe.seed)
    given = task.given.of(test.conditions)
    again = (see(task.repeated(path, given, recipe.seed + draw)) for draw in range(DRAWS))
    return CEILING, ((test, other) for other in again)


def measure_draws(
    pairs: Iterable[Samples], reference_statistics: ReferenceStatistics, recipe: Evaluation
) -> pd.DataFrame:
    """Return the means over draws of what `measure` returns, and their spread.

    Returns:
        Columns of `measure`; value, sd and event_sd are means, the latter two so the noise of one draw; n, clusters,
        flagged and the counts of mishaps those of the first draw; spread is the sd (n - 1) of the values.
    """
    tables = [measure(real, other, reference_statistics, recipe) for real, other in pairs]
    draws = pd.concat(tables).groupby(level=0)
    table, numbers = tables[0].copy(), ["value", "sd", "event_sd"]
    measured = table["space"] != COUNTS
    table.loc[measured, numbers] = draws[numbers].mean()
    return table.assign(spread=draws["value"].std(ddof=1))


def shuffled_features(path: Path, given: Any, see: See, seed: int) -> Features:
    """Return the features of real select samples, each with the conditions of another one among those given."""
    order = np.random.default_rng(seed).permutation(len(given.conditions))
    task = of_file(path)

    def shuffled() -> Iterator[Any]:
        first = 0
        for chunk in task.stream(path, "select"):
            rows = order[first : first + len(chunk)]
            first += len(chunk)
            others = task.given(*(values[rows] for values in given))
            yield task.with_given(chunk.select(slice(len(rows))), others)

    return see(shuffled())


def _divisions(test: Features, select: Features, seed: int) -> Iterator[Samples]:
    yield test, select
    # Mishaps are not known one by one; `measure_draws` takes those of the first pair.
    pooled = replace(test.followed_by(select), counts=select.counts)
    random = np.random.default_rng(seed)
    for _ in range(DRAWS - 1):
        order = random.permutation(len(pooled))
        yield pooled.take(order[: len(test)]), pooled.take(order[len(test) :])
