"""Every run judged by every metric, each on a scale from the worst to what real showers get."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from showergan.comparison.summary import ANCHORS, CEILING, RUN
from showergan.errors import UserError


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
    Entry("duplicates", "observables", "all", "duplicates", 1),
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
        title; value, sd, event_sd, n; unflagged, of a mean over bins that without the thin ones; ceiling, other_real,
        shuffled and untrained, see `anchors`, NaN for what there is not; ceiling_sd, its spread over draws; position,
        see `position`.
    """
    entries = pd.DataFrame(ENTRIES).drop(columns="worst")
    ends = anchors.pivot_table("value", _KEY, "anchor").reindex(columns=ANCHORS)
    ends["ceiling_sd"] = anchors[anchors["anchor"] == CEILING].set_index(_KEY)["spread"]
    tables = []
    for keys, metrics in runs:
        row = run_of_summary(summary[summary["score"] == choose_by], keys)
        rows = metrics[(metrics["split"] == "test") & (metrics["epoch"] == row["selected_epoch"])]
        thick = rows[rows["bin"] == "unflagged"].assign(bin="mean", unflagged=rows["value"])
        tables.append(
            entries.merge(rows, on=_KEY, how="left")
            .merge(thick[[*_KEY, "unflagged"]], on=_KEY, how="left")
            .assign(**keys, chosen=row["chosen"], epoch=row["selected_epoch"])
        )
    table = pd.concat(tables, ignore_index=True).merge(ends.reset_index(), on=_KEY, how="left")
    table["position"] = position(table["value"], table)
    values = ["value", "sd", "event_sd", "n", "unflagged", *ANCHORS, "ceiling_sd", "position"]
    return table[[*RUN, "chosen", "epoch", *_KEY, "title", *values]]


def position(value: pd.Series, card: pd.DataFrame) -> pd.Series:
    """Return where values lie between the worst, 0, and what real showers get, 1.

    That is the ceiling; where there is none, what other real showers get, which a generator may pass. Values beyond an
    end lie beyond 0 or 1. The unbiased distances FPD and KPD count by their size: a far negative one comes of outliers
    and is no merit.

    Args:
        value: of metrics.
        card: their title, metric, ceiling, other_real and untrained, row by row.
    """
    worst = card["title"].map({entry.title: entry.worst for entry in ENTRIES}).astype(float)
    worst = worst.fillna(card["untrained"])
    ceiling = card["ceiling"].fillna(card["other_real"])
    unbiased = card["metric"].isin(["fpd", "kpd"])
    size, best = value.where(~unbiased, value.abs()), ceiling.where(~unbiased, ceiling.abs())
    return (size - worst) / (best - worst)


def read_runs(runs: list[tuple[dict[str, str], Path]]) -> list[tuple[dict[str, str], pd.DataFrame]]:
    """Read the metrics of runs."""
    return [(keys, pd.read_csv(path, dtype={"bin": str})) for keys, path in runs]


def run_of_summary(summary: pd.DataFrame, keys: dict[str, str]) -> pd.Series:
    """Return the row of a run; the keys are texts, those of a table read from a file need not be."""
    same = (summary[list(keys)].astype(str) == pd.Series(keys)).all(axis=1)
    if same.sum() != 1:
        raise UserError(f"summary: {same.sum()} rows of the run {keys}, expected one")
    return summary[same].iloc[0]
