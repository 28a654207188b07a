"""Anchors, the ends of the scale of each metric: real samples, and samples that any generator should beat."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from showergan.config.evaluation import Evaluation
from showergan.evaluation.generator import generate
from showergan.evaluation.measure import measure
from showergan.evaluation.reference import Extract, Reference
from showergan.metrics.features import COUNTS, Features, ReferenceStatistics
from showergan.metrics.metric import CEILING, OTHER_REAL, Registry
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.metrics.samples import varies
from showergan.networks.base import build
from showergan.tasks.found import of_file

DRAWS = 5  # divisions of the real samples, or repetitions of them, behind a ceiling

Samples = tuple[Features, Features]


def anchors(
    path: Path, reference: Reference, embedding: Any, recipe: Evaluation, device: torch.device
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure the samples that no generator can beat and those that every generator should beat.

    The reference was made from the data set at `path`; without an embedding the metrics that need it are missing.

    Returns:
        As `measure_draws` and, of the first draw, as `prd_curves`, both with the column anchor: "ceiling" or
        "other_real", see `real_pairs`; "shuffled", real samples each with the conditions of another one, as from a
        generator that ignores its conditions, where these differ; "untrained", a generator before training, which of
        showers gives empty images while its running statistics are at their start.
    """
    task, conditions = reference.task, reference.generator_conditions["test"]
    reference_statistics = reference.reference_statistics
    test, extract = reference.features["test"], reference.extractor(embedding, recipe, device)
    name, pairs = real_pairs(path, test, reference.features["select"], extract, recipe)
    first = next(pairs)
    drawn = chain([first], pairs)
    metrics = [measure_draws(drawn, reference_statistics, recipe, task.metrics).assign(anchor=name)]
    curves = [prd_curves(Pair(*first, reference_statistics, recipe)).assign(anchor=name)]
    floors = {}
    if varies(conditions.as_array).any():
        floors["shuffled"] = shuffled_features(path, conditions, extract, recipe.seed)
    torch.manual_seed(recipe.seed)
    network = build(task.start, task.sample_shape, task.n_conditions)
    how = recipe.seed, device, recipe.generator_mode
    floors["untrained"] = extract(generate(task, network, task.conditioning(), conditions, *how))
    for floor, sample in floors.items():
        pair = Pair(test, sample, reference_statistics, recipe)
        metrics.append(measure(pair, task.metrics).assign(anchor=floor))
        curves.append(prd_curves(pair).assign(anchor=floor))
    return pd.concat(metrics, ignore_index=True), pd.concat(curves, ignore_index=True)


def real_pairs(
    path: Path, test: Features, select: Features, extract: Extract, recipe: Evaluation
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
    repeat = task.repeat(path)
    if repeat is None:
        return OTHER_REAL, _divisions(test, select, recipe.seed)
    conditions = task.conditions.from_array(test.conditions)
    again = (extract(repeat(conditions, recipe.seed + draw)) for draw in range(DRAWS))
    return CEILING, ((test, other) for other in again)


def measure_draws(
    pairs: Iterable[Samples],
    reference_statistics: ReferenceStatistics,
    recipe: Evaluation,
    registry: Registry,
) -> pd.DataFrame:
    """Return the means over draws of what `measure` returns, and their spread.

    Returns:
        Columns of `measure`; value, sd and event_sd are means, the latter two so the noise of one draw; n, clusters,
        flagged and the invalid counts those of the first draw; spread is the sd (n - 1) of the values.
    """
    tables = [measure(Pair(*pair, reference_statistics, recipe), registry) for pair in pairs]
    draws = pd.concat(tables).groupby(level=0)
    table, numbers = tables[0].copy(), ["value", "sd", "event_sd"]
    measured = table["space"] != COUNTS
    table.loc[measured, numbers] = draws[numbers].mean()
    return table.assign(spread=draws["value"].std(ddof=1))


def shuffled_features(path: Path, conditions: Any, extract: Extract, seed: int) -> Features:
    """Return the features of real select samples, each with the conditions of another one."""
    order = np.random.default_rng(seed).permutation(len(conditions.as_array))
    task = of_file(path)

    def shuffled() -> Iterator[Any]:
        first = 0
        for chunk in task.stream(path, "select"):
            rows = order[first : first + len(chunk)]
            first += len(chunk)
            others = task.conditions(*(values[rows] for values in conditions))
            yield replace(chunk.select(slice(len(rows))), **others._asdict())

    return extract(shuffled())


def _divisions(test: Features, select: Features, seed: int) -> Iterator[Samples]:
    yield test, select
    # Invalid entries are not known one by one; `measure_draws` takes those of the first pair.
    pooled = replace(test.followed_by(select), counts=select.counts)
    random = np.random.default_rng(seed)
    for _ in range(DRAWS - 1):
        order = random.permutation(len(pooled))
        yield pooled.take(order[: len(test)]), pooled.take(order[len(test) :])
