"""Every run judged by every metric, each on a scale from the worst to what real showers get."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from showergan.errors import UserError
from showergan.evaluation.summary import RUN

# Failures of a generator on the test conditions, at the selected epoch.
EXPLODING = 10.0  # times the mean total energy of real showers
COLLAPSED = 0.1  # of the diversity of real showers
EMPTY = 0.01  # of all images


class Entry(NamedTuple):
    """A column of the scorecard.

    Attributes:
        metric: name in metrics.csv.
        space: what it looks at.
        bin: "all" or "mean".
        title: name for readers.
        worst: end of its scale; None: what an untrained generator gets.
    """

    metric: str
    space: str
    bin: str
    title: str
    worst: float | None


ENTRIES = [
    Entry("prd_auc", "E", "all", "PRD-AUC: E", 0),
    Entry("prd_auc", "E", "mean", "PRD-AUC: bins-E", 0),
    Entry("prd_auc", "P", "all", "PRD-AUC: P", 0),
    Entry("prd_auc", "P", "mean", "PRD-AUC: bins-P", 0),
    Entry("density", "high_level", "all", "density", 0),
    Entry("coverage", "high_level", "all", "coverage", 0),
    Entry("classifier_auc", "E", "all", "classifier AUC: E", 1),
    Entry("classifier_auc", "high_level", "all", "classifier AUC: physics", 1),
    Entry("classifier_jsd", "high_level", "all", "JSD: physics [bit]", 1),
    Entry("fpd", "E", "all", "FPD: E", None),
    Entry("fpd", "high_level", "all", "FPD: physics", None),
    Entry("kpd", "high_level", "all", "KPD: physics", None),
    Entry("separation_power", "quantities", "mean", "separation power", 1),
    Entry("wasserstein", "total_energy_MeV", "all", "W1 of total energy [MeV]", None),
    Entry("response_error", "energy", "all", "energy response error", 1),
    Entry("resolution_error", "energy", "all", "energy resolution error", 1),
    Entry("residual_error", "conditions", "all", "condition error", None),
]
ANCHORS = ["ceiling", "shuffled", "untrained"]
_KEY = ["metric", "space", "bin"]


def scorecard(
    runs: list[tuple[dict[str, str], pd.DataFrame]],
    anchors: pd.DataFrame,
    summary: pd.DataFrame,
    choose_by: str,
) -> pd.DataFrame:
    """Return every metric of every run on test, at the epoch that was chosen on select.

    Args:
        runs: the keys of each run, and its metrics as `evaluate` writes them.
        anchors: as `reference` writes them.
        summary: as `summarise` writes it.
        choose_by: the score of the summary that chooses the epoch.

    Returns:
        One row per run and metric: discriminator, method, learning_rates, seed; chosen; epoch; metric, space, bin,
        title; value, sd, event_sd, n; ceiling, shuffled and untrained, see `anchors`; position, see `position`.
    """
    entries = pd.DataFrame(ENTRIES).drop(columns="worst")
    ends = anchors.pivot_table("value", _KEY, "anchor").reindex(columns=ANCHORS).reset_index()
    tables = []
    for keys, metrics in runs:
        row = _of_run(summary[summary["score"] == choose_by], keys)
        rows = metrics[(metrics["split"] == "test") & (metrics["epoch"] == row["selected_epoch"])]
        tables.append(
            entries.merge(rows, on=_KEY, how="left").assign(
                **keys, chosen=row["chosen"], epoch=row["selected_epoch"]
            )
        )
    table = pd.concat(tables, ignore_index=True).merge(ends, on=_KEY, how="left")
    worst = table["title"].map({entry.title: entry.worst for entry in ENTRIES}).astype(float)
    table["position"] = position(
        table["value"], table["ceiling"], worst.fillna(table["untrained"]), table["metric"]
    )
    values = ["value", "sd", "event_sd", "n", *ANCHORS, "position"]
    return table[[*RUN, "chosen", "epoch", *_KEY, "title", *values]]


def position(
    value: pd.Series, ceiling: pd.Series, worst: pd.Series, metric: pd.Series
) -> pd.Series:
    """Return where values lie between the worst, 0, and what real showers get, 1.

    Values beyond an end lie beyond 0 or 1. The unbiased distances FPD and KPD count by their size: a far negative one
    comes of outliers and is no merit.
    """
    unbiased = metric.isin(["fpd", "kpd"])
    size, best = value.where(~unbiased, value.abs()), ceiling.where(~unbiased, ceiling.abs())
    return (size - worst) / (best - worst)


def rank_agreement(card: pd.DataFrame) -> pd.DataFrame:
    """Ask of every two metrics whether they put the methods in the same order.

    Args:
        card: as `scorecard` returns it; only chosen learning rates count.

    Returns:
        One row per discriminator and pair of metrics: tau, Kendall's tau-b (Kendall 1945) of the methods' mean
        positions over seeds, 1 for the same order; n_methods that both metrics judge. NaN below two methods or where
        a metric ties all.
    """
    rows = []
    chosen = card[card["chosen"].astype(bool)]
    for discriminator, part in chosen.groupby("discriminator", sort=False):
        means = part.pivot_table("position", "method", "title", dropna=False)
        titles = [entry.title for entry in ENTRIES if entry.title in means]
        for a in titles:
            for b in titles:
                both = means[[a, b]].dropna().to_numpy()
                varied = len(both) > 1 and bool((np.ptp(both, axis=0) > 0).all())
                tau = stats.kendalltau(both[:, 0], both[:, -1]).statistic if varied else math.nan
                rows.append((discriminator, a, b, tau, len(both)))
    return pd.DataFrame(rows, columns=["discriminator", "metric", "other", "tau", "n_methods"])


def failures(
    runs: list[tuple[dict[str, str], pd.DataFrame]],
    anchors: pd.DataFrame,
    summary: pd.DataFrame,
    choose_by: str,
) -> pd.DataFrame:
    """Return what went wrong in every run on the test conditions, at the epoch chosen on select.

    Args:
        runs: as for `scorecard`.
        anchors: as for `scorecard`; the counts of real showers stand in its ceiling.
        summary: as for `scorecard`.
        choose_by: as for `scorecard`.

    Returns:
        A row of the real select showers, whose method is "real", and one per run: its keys; epoch; n showers; the
        counts of mishaps, see `COUNTS` in `features`; energy_ratio of the mean total energies, generated to real;
        diversity; failure, none or some of: not finite (any image), clipped (any cell above 1e7 MeV), exploding (ratio
        above 10), empty (more than 1 % of the images), collapsed (diversity below 0.1); n_failed_epochs, evaluated
        epochs with a failure.
    """
    real = anchors[anchors["anchor"] == "ceiling"]
    mean_energy = _wide(real)["mean total_energy_MeV"]
    rows = [{**_mishaps(real, mean_energy), "method": "real"}]
    for keys, metrics in runs:
        row = _of_run(summary[summary["score"] == choose_by], keys)
        test = metrics[metrics["split"] == "test"]
        found = {
            epoch: _mishaps(part, mean_energy) for epoch, part in test.groupby("epoch", sort=True)
        }
        failed = sum(mishaps["failure"] != "none" for mishaps in found.values())
        epoch = row["selected_epoch"]
        rows.append({**keys, "epoch": epoch, **found[epoch], "n_failed_epochs": failed})
    table = pd.DataFrame(rows)
    return table[[*RUN, "epoch", *(c for c in table if c not in (*RUN, "epoch"))]]


def read_runs(runs: list[tuple[dict[str, str], Path]]) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """Read the metrics of runs."""
    return [(keys, pd.read_csv(path, dtype={"bin": str})) for keys, path in runs]


def _of_run(summary: pd.DataFrame, keys: dict[str, str]) -> pd.Series:
    """Return the row of a run; the keys are texts, those of a table read from a file need not be."""
    same = (summary[list(keys)].astype(str) == pd.Series(keys)).all(axis=1)
    if same.sum() != 1:
        raise UserError(f"summary: {same.sum()} rows of the run {keys}, expected one")
    return summary[same].iloc[0]


def _wide(metrics: pd.DataFrame) -> dict[str, float]:
    """Return the values of one epoch, of the whole sample, by metric and space."""
    whole = metrics[metrics["bin"] == "all"]
    return dict(zip(whole["metric"] + " " + whole["space"], whole["value"], strict=True))


def _mishaps(metrics: pd.DataFrame, mean_energy: float) -> dict[str, float | int | str]:
    values = _wide(metrics)
    counts = metrics[metrics["space"] == "counts"]
    n = int(counts["n"].iloc[0])
    ratio = values["mean total_energy_MeV"] / mean_energy
    diversity = values["diversity high_level"]
    named = dict(zip(counts["metric"], counts["value"].astype(int), strict=True))
    kinds = {
        "not finite": named["n_not_finite"] > 0,
        "clipped": named["n_clipped_cells"] > 0,
        "exploding": ratio > EXPLODING,
        "empty": named["n_empty_image"] > EMPTY * n,
        "collapsed": diversity < COLLAPSED,
    }
    failure = ", ".join(name for name, found in kinds.items() if found) or "none"
    return {"n": n, **named, "energy_ratio": ratio, "diversity": diversity, "failure": failure}
