"""Failures of every run, at its chosen epoch and at all evaluated ones."""

import math
from typing import Any

import pandas as pd

from showergan.comparison.runs import RUN, Runs, of_runs
from showergan.comparison.scorecard import selected_epochs
from showergan.comparison.summary import real_anchor
from showergan.metrics.features import COUNTS, DIVERGED, UNSCALED
from showergan.metrics.metric import Registry

_Numbers = dict[tuple[str, str], float]


def failures(
    runs: Runs, anchors: pd.DataFrame, summary: pd.DataFrame, choose_by: str, registry: Registry
) -> pd.DataFrame:
    """Return the failures of every run on the test conditions, at the epoch chosen on select.

    The arguments are those of `scorecard`, whose registry says which failures there are. Generated samples that were
    scaled are judged as they were before scaling.

    Returns:
        A row of real showers, whose method is "real", and one per run: its keys; epoch; n showers; the invalid counts,
        and diverged_at_step if any did; the numbers that show other failures; failure: none, diverged (of the run,
        whatever its epoch) or the names of some, see `Failure`; n_failed_epochs, evaluated epochs with a failure.
    """
    real = list(real_anchor(anchors).itertuples(index=False))
    whole = _whole(real)
    found = [{**_checked(real, whole, registry), "method": "real"}]
    selected = selected_epochs(summary, choose_by)
    for metrics in runs:
        rows_of: dict[tuple[str, ...], dict[int, list[Any]]] = {}
        row: Any
        for row in metrics[metrics["split"] == "test"].itertuples(index=False):
            key = tuple(getattr(row, name) for name in RUN)
            rows_of.setdefault(key, {}).setdefault(row.epoch, []).append(row)
        run: Any
        for run in of_runs(metrics, selected, "summary").itertuples(index=False):
            keys = {name: getattr(run, name) for name in RUN}
            by_epoch = {
                epoch: _checked(rows, whole, registry)
                for epoch, rows in rows_of[tuple(keys.values())].items()
            }
            failed = sum(row["failure"] != "none" for row in by_epoch.values())
            chosen = by_epoch[run.epoch]
            if DIVERGED in chosen:
                names = ["diverged", str(chosen["failure"])]
                chosen["failure"] = ", ".join(name for name in names if name != "none")
            found.append({**keys, "epoch": run.epoch, **chosen, "n_failed_epochs": failed})
    table = pd.DataFrame(found)
    return table[[*RUN, "epoch", *(c for c in table if c not in (*RUN, "epoch"))]]


def _whole(metrics: list[Any]) -> _Numbers:
    """Return the values of one epoch, of the whole sample, by metric and space."""
    return {(row.metric, row.space): row.value for row in metrics if row.bin == "all"}


def _checked(
    metrics: list[Any], real: _Numbers, registry: Registry
) -> dict[str, float | int | str]:
    values, counts = _whole(metrics), [row for row in metrics if row.space == COUNTS]
    n = int(counts[0].n)
    numbers = {}
    for failure in registry.failures:
        key, before = (failure.metric, failure.space), (failure.metric, UNSCALED + failure.space)
        divisor = {"1": 1, "real": real.get(key, math.nan), "n": n}[failure.over]
        numbers[failure] = values.get(before, values.get(key, math.nan)) / divisor
    names = [failure.name for failure, number in numbers.items() if failure.happened(number)]
    return {
        "n": n,
        **{row.metric: int(row.value) for row in counts},
        **{failure.column: number for failure, number in numbers.items() if failure.column},
        "failure": ", ".join(names) or "none",
    }
