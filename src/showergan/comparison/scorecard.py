"""Every run judged by every metric, each on a scale from the worst to what real showers get."""

from collections.abc import Callable, Hashable
from typing import Any

import pandas as pd

from showergan.comparison.summary import RUN, Runs
from showergan.errors import UserError
from showergan.metrics.features import NOT_FINITE
from showergan.metrics.metric import ANCHORS, CEILING
from showergan.metrics.registry import Registry

_KEY = ["metric", "space", "bin"]


def scorecard(
    runs: Runs,
    anchors: pd.DataFrame,
    summary: pd.DataFrame,
    choose_by: str,
    registry: Registry,
) -> pd.DataFrame:
    """Return every metric of every run on test, at the epoch that was chosen on select.

    Args:
        runs: as `read_runs` returns them.
        anchors: as `reference` writes them.
        summary: as `summarise` writes it.
        choose_by: the score of the summary that chooses the epoch.
        registry: the metrics of the task.

    Returns:
        One row per run and metric: architecture, method, learning_rates, seed; chosen; diverged, see
        `summarise_run`; epoch; metric, space, bin, title; value, sd, event_sd, n; unflagged, of a mean over bins that
        without the thin ones; ceiling, other_real, shuffled and untrained, see `anchors`, NaN for what there is not;
        ceiling_sd, its spread over draws; position, see `position`: the worst where there is no value because no sample
        is a number.
    """
    entries = pd.DataFrame(registry.entries)
    # Not every task has every space.
    measured = anchors.set_index(_KEY).index
    entries = entries[entries.set_index(_KEY).index.isin(measured)]
    ends = anchors.pivot_table("value", _KEY, "anchor").reindex(columns=ANCHORS)
    ends["ceiling_sd"] = anchors[anchors["anchor"] == CEILING].set_index(_KEY)["spread"]
    row_of, judged, measured_rows = rows_of_runs(summary, choose_by), [], []
    for number, (keys, metrics) in enumerate(runs):
        row = row_of(keys)
        rows = metrics[(metrics["split"] == "test") & (metrics["epoch"] == row["selected_epoch"])]
        broken = rows[rows["metric"] == NOT_FINITE]
        measured_rows.append(rows.assign(number=number))
        judged.append(
            {
                "number": number,
                **keys,
                "chosen": row["chosen"],
                "diverged": row["diverged"],
                "epoch": row["selected_epoch"],
                "hopeless": bool((broken["value"] == broken["n"]).any()),
            }
        )
    # One table of all runs: thousands of small ones would take minutes.
    rows = pd.concat(measured_rows, ignore_index=True).drop(columns="epoch")
    thick = rows[rows["bin"] == "unflagged"].assign(bin="mean", unflagged=rows["value"])
    key = ["number", *_KEY]
    table = (
        pd.DataFrame(judged)
        .merge(entries, how="cross")
        .merge(rows, on=key, how="left")
        .merge(thick[[*key, "unflagged"]], on=key, how="left")
        .merge(ends.reset_index(), on=_KEY, how="left")
    )
    missed = table["hopeless"] & table["value"].isna()
    placed = table["value"].mask(missed, _worst(table, registry))
    table["position"] = position(placed, table, registry)
    values = ["value", "sd", "event_sd", "n", "unflagged", *ANCHORS, "ceiling_sd", "position"]
    return table[[*RUN, "chosen", "diverged", "epoch", *_KEY, "title", *values]]


def position(value: pd.Series, card: pd.DataFrame, registry: Registry) -> pd.Series:
    """Return where values lie between the worst, 0, and what real showers get, 1.

    That is the ceiling; where there is none, what other real samples get, which a generator may pass. Values beyond an
    end lie beyond 0 or 1. Of a metric with a target, such as the unbiased distances FPD and KPD, the distance from it
    counts.

    Args:
        value: of metrics.
        card: their metric, ceiling, other_real and untrained, row by row.
        registry: the metrics of the task.
    """
    metrics = [registry[name] for name in card["metric"]]
    targets = [metric.best if metric.direction == "target" else None for metric in metrics]
    target = pd.Series(targets, card.index, dtype=float)

    def distance(values: pd.Series) -> pd.Series:
        return values.where(target.isna(), (values - target).abs())

    worst = distance(_worst(card, registry))
    best = distance(card["ceiling"].fillna(card["other_real"]))
    return (distance(value) - worst) / (best - worst)


def _worst(card: pd.DataFrame, registry: Registry) -> pd.Series:
    """Return the value at which the scale of each row's metric ends."""
    ends = [registry[name].worst for name in card["metric"]]
    return pd.Series(ends, card.index, dtype=float).fillna(card["untrained"])


def rows_of_runs(
    summary: pd.DataFrame, score: str
) -> Callable[[dict[str, str]], dict[Hashable, Any]]:
    """Return what finds the row of a run and score by the keys of the run.

    The keys are texts, those of a table read from a file need not be.
    """
    rows: dict[tuple[str, ...], list[dict[Hashable, Any]]] = {}
    for row in summary[summary["score"] == score].to_dict("records"):
        rows.setdefault(tuple(str(row[key]) for key in RUN), []).append(row)

    def row_of(keys: dict[str, str]) -> dict[Hashable, Any]:
        found = rows.get(tuple(keys[key] for key in RUN), [])
        if len(found) != 1:
            raise UserError(f"summary: {len(found)} rows of the run {keys}, expected one")
        return found[0]

    return row_of
