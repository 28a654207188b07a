"""Evaluation of a file of generated samples against the real ones, without their generator."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.evaluation.anchors import measure_draws, real_pairs, shuffled_features
from showergan.evaluation.measure import COLUMNS, FEWEST, measure
from showergan.evaluation.reference import Reference, make_reference
from showergan.metrics.features import Features
from showergan.metrics.metric import CEILING, KEY, OTHER_REAL
from showergan.metrics.pair import Pair
from showergan.metrics.samples import varies
from showergan.tasks.task import Task

SURE = 1e-3  # level of the test whether two files have the same conditions

OWN = (
    "Its conditions are its own. The ceiling is real against real samples of other conditions, which is exact where "
    "both are drawn alike."
)
OF_TEST = {
    CEILING: "Its conditions are those of the test samples. The ceiling is their second simulation.",
    OTHER_REAL: "Its conditions are those of the test samples, which cannot be simulated again: there is no exact "
    "ceiling. Other real samples stand in its place; a perfect generator may pass them.",
}


class FileScores(NamedTuple):
    """The numbers of a file of samples.

    Attributes:
        metrics: columns of `measure`; of as many real samples, see `real_pairs`, ceiling and ceiling_sd, its spread
            over draws, or without a ceiling other_real and other_real_sd; shuffled, real samples with the conditions of
            others; fraction_of_ceiling of the scores of which larger is better.
        remarks: sentences that readers of the numbers need.
    """

    metrics: pd.DataFrame
    remarks: list[str]


def evaluate_file(
    generated: Path,
    real: Path,
    embedding: Any,
    recipe: Evaluation,
    device: torch.device,
    mend: bool = False,
    reference: Reference | None = None,
) -> FileScores:
    """Measure the samples of a file against the real test samples.

    The setting `conditions` follows from its conditions, which are those of test or others, not from the recipe. A
    sample that is larger than those of generators of a run is cut to their size; the real samples are cut to the size
    of a smaller one, by a random choice.

    The generated samples are read by `Task.read_samples`, with `mend` as there; the real ones are a data set of a task
    with conditions. Without an embedding the metrics that need it are missing. With the reference of a run, made from
    this data set with this embedding and recipe, the numbers are comparable with those of the run: bins, scales, real
    samples and ceiling are the same. By default a reference is made.

    Raises:
        UserError: If a file is unusable, or has fewer than 20 samples.
    """
    reference = reference or make_reference(real, embedding, recipe, device)
    task, reference_statistics = reference.task, reference.reference_statistics
    extract = reference.extractor(embedding, recipe, device)
    fake = extract(task.read_samples(generated, mend))
    test, select = reference.features["test"], reference.features["select"]
    n_fake, n_test, twins = len(fake), len(test), _twins(fake, test)
    most = min(n_test, len(select)) if twins is None else n_test  # size of a run's samples
    n = min(n_fake, most)
    if min(n, len(select)) < FEWEST:
        raise UserError(
            f"{generated if n_fake < FEWEST else real}: {min(n, len(select))} {task.name} are too few to compare. "
            f"Give at least {FEWEST}."
        )
    if twins is not None:
        test = test.take(twins)
    recipe = recipe.model_copy(update={"conditions": "independent" if twins is None else "same"})
    conditions = task.conditions.from_array(
        select.conditions[:most] if twins is None else test.conditions
    )
    shuffled = shuffled_features(real, conditions, extract, recipe.seed)
    further = _remarks(fake, test, task)
    fake = _cut(fake, n, recipe.seed)
    if n < most:
        test, select, shuffled = (_cut(s, n, recipe.seed) for s in (test, select, shuffled))
    remarks = [
        f"{n} of {n_fake} generated {task.name} against {len(test)} of {n_test} real test {task.name}.",
        f"{reference_statistics.summary}.",
        *further,
    ]
    if embedding is None and task.has_embedding:
        remarks.append("No embedding: the metrics that look at it are missing.")
    name, pairs = real_pairs(real, test, select, extract, recipe)
    remarks.append(OWN if twins is None else OF_TEST[name])
    table = measure(Pair(test, fake, reference_statistics, recipe), task.metrics)
    ends = _in_rows_of(table, measure_draws(pairs, reference_statistics, recipe, task.metrics))
    for anchor in (CEILING, OTHER_REAL):
        known = anchor == name
        table[anchor] = ends["value"] if known else np.nan
        table[f"{anchor}_sd"] = ends["spread"] if known else np.nan
    if varies(conditions.as_array).any():
        others = Pair(test, shuffled, reference_statistics, recipe)
        table["shuffled"] = _in_rows_of(table, measure(others, task.metrics))["value"]
    else:
        table["shuffled"] = np.nan
    rising = table["metric"].isin([m.name for m in task.metrics if m.direction == "higher"])
    table["fraction_of_ceiling"] = (table["value"] / table["ceiling"]).where(rising)
    thin = table["flagged"].eq(True) & table["bin"].str.isdigit()
    names = sorted(table.loc[thin, "bin"].unique(), key=int)
    if names:
        remarks.append(
            f"Bins {', '.join(names)} hold fewer than {recipe.events_per_cluster} x K = "
            f"{recipe.events_per_cluster * recipe.clusters} {task.name}: compare with the ceiling only."
        )
    return FileScores(table[[*COLUMNS, *(c for c in table if c not in COLUMNS)]], remarks)


def _in_rows_of(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return another table with its metrics in the rows of the first; the order of invalid counts may differ."""
    return table[KEY].merge(other, on=KEY, how="left", validate="one_to_one")


def _twins(fake: Features, test: Features) -> NDArray[np.int64] | None:
    """Return the test sample with the conditions of each sample of a file; None unless each has one of its own."""
    real, own = (sample.conditions + 0 for sample in (test, fake))  # zeros of one sign
    rows = {row.tobytes(): i for i, row in enumerate(real)}
    found = [rows.get(row.tobytes()) for row in own]
    if None in found or len(set(found)) < len(found):
        return None
    return np.array(found)


def _cut(features: Features, n: int, seed: int) -> Features:
    if len(features) <= n:
        return features
    chosen = np.random.default_rng(seed).permutation(len(features))[:n]
    return features.take(np.sort(chosen))


def _remarks(fake: Features, real: Features, task: Task) -> list[str]:
    """Return remarks on what makes the numbers harder to read: invalid counts, and conditions that differ."""
    from scipy import stats  # only here among evaluations

    remarks = [
        f"{name.removeprefix('n_').replace('_', ' ').capitalize()}: {n} in {len(fake)} generated "
        f"{task.name}, {real.counts[name]} in {len(real)} real ones."
        for name, n in fake.counts.items()
        if n
    ]
    columns = zip(task.condition_names, fake.conditions.T, real.conditions.T, strict=True)
    differ = [name for name, a, b in columns if stats.ks_2samp(a, b).pvalue < SURE]
    if differ:
        remarks.append(
            f"The conditions {', '.join(differ)} of the two files differ (Kolmogorov-Smirnov, p < {SURE:g}): the "
            f"numbers mix differences of {task.name} and of conditions. Generate for the conditions of the real test "
            f"{task.name}, or for conditions drawn alike."
        )
    return remarks
