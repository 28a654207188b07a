"""One row per run and metric: the best epoch, the epoch chosen on select, the last epoch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from showergan.errors import UserError
from showergan.metrics.features import DIVERGED, NOT_FINITE
from showergan.metrics.metric import ANCHORS, CEILING, OTHER_REAL
from showergan.metrics.score import best_epoch, means_over_unflagged, scores_over_epochs

METHOD = ["architecture", "method", "learning_rates"]
RUN = [*METHOD, "seed"]

Runs = Iterable[tuple[dict[str, str], pd.DataFrame]]
"""The keys `RUN` of each run, and its metrics as `evaluate` writes them."""


def real_anchor(anchors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the anchor that real samples are: the ceiling or, where there is none, other real samples."""
    return anchors[anchors["anchor"].isin([CEILING, OTHER_REAL])]


def summarise_run(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return one row per score of one run.

    The columns: score; select, the value on select at its best epoch there; max and max_epoch, the maximum over the
    evaluated epochs on test as in Egorov & Rogachev 2023; selected and selected_epoch, the value on test at the epoch
    that is best on select; last and last_epoch; selected_sd, its spread over the k-means repeats, and
    selected_event_sd, over bootstrap samples of the events; unflagged, of a mean over bins that without the thin ones;
    n and clusters of the value; n_epochs evaluated; diverged, whether the training did, or a generator gave values that
    are not numbers.
    """
    return pd.DataFrame(_rows(metrics))


def _rows(metrics: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of one run. Of many thousand runs, a table for each score of each would take minutes."""
    scores, unflagged = scores_over_epochs(metrics), means_over_unflagged(metrics).to_dict()
    broken = metrics["metric"].isin([NOT_FINITE, DIVERGED]) & (metrics["value"] > 0)
    found: dict[str, dict[tuple[str, int], Any]] = {}
    row: Any
    for row in scores.itertuples(index=False):
        found.setdefault(str(row.score), {})[row.split, row.epoch] = row
    for name, at in sorted(found.items()):
        epochs = sorted({epoch for _, epoch in at})
        select, test = (
            [at[split, epoch].value for epoch in epochs] for split in ("select", "test")
        )
        max_epoch, selected_epoch = (
            best_epoch(pd.Series(values, epochs, dtype=float)) for values in (test, select)
        )
        if max_epoch is None or selected_epoch is None:
            raise UserError(f"{name}: no evaluated epoch has a value; too few showers per bin?")
        selected = at["test", selected_epoch]
        yield {
            "score": name,
            "select": at["select", selected_epoch].value,
            "max": at["test", max_epoch].value,
            "max_epoch": max_epoch,
            "selected": selected.value,
            "selected_epoch": selected_epoch,
            "selected_sd": selected.sd,
            "selected_event_sd": selected.event_sd,
            "unflagged": unflagged.get(("test", selected_epoch, name), np.nan),
            "last": test[-1],
            "last_epoch": epochs[-1],
            "n": int(selected.n),
            "clusters": int(next(iter(at.values())).clusters),
            "n_epochs": len(epochs),
            "diverged": bool(broken.any()),
        }


def summarise(
    runs: Runs, anchors: pd.DataFrame, choose_by: str, own: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return the summaries of all runs beside what they are to be compared with.

    The further columns: ceiling, other_real, shuffled and untrained, see `anchors`, NaN for what there is not;
    ceiling_sd, its spread over draws; fraction_of_ceiling of the selected epoch; chosen, see `learning_rate_grid`.

    Args:
        runs: as `read_runs` returns them.
        anchors: as `reference` writes them.
        choose_by: see `learning_rate_grid`.
        own: see `learning_rate_grid`.
    """
    summary = pd.DataFrame([row | keys for keys, metrics in runs for row in _rows(metrics)])
    ends = scores_over_epochs(anchors)
    for name in ANCHORS:
        rows = ends[ends["anchor"] == name].set_index("score")
        summary[name] = summary["score"].map(rows["value"])
        if name == CEILING:
            summary["ceiling_sd"] = summary["score"].map(rows["spread"])
    summary["fraction_of_ceiling"] = summary["selected"] / summary["ceiling"]
    grid = learning_rate_grid(summary, choose_by, own)
    chosen = grid[grid["chosen"]].set_index(METHOD).index
    summary["chosen"] = summary.set_index(METHOD).index.isin(chosen)
    return summary[RUN + [c for c in summary if c not in RUN]]


def learning_rate_grid(
    summary: pd.DataFrame, choose_by: str, own: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return one row per method and pair of learning rates: what was tried, and what it gave.

    The columns: architecture, method, learning_rates; generator_rate, discriminator_rate; score; select_mean over
    seeds, those that diverged included; test_mean and test_sd of the selected epoch; n_seeds; n_diverged; chosen,
    whether tables, verdicts and ranks are about this pair of the method.

    Args:
        summary: one row per run and score.
        choose_by: the score to show, whose select_mean chooses where no pair is a method's own.
        own: the pair of each method, named before training as in Egorov & Rogachev 2023, whatever further pairs it was
            trained at. None after a search: the pair with the largest select_mean.
    """
    groups = summary[summary["score"] == choose_by].groupby(METHOD, sort=False)
    grid = pd.DataFrame(
        {
            "score": choose_by,
            "select_mean": groups["select"].mean(),
            "test_mean": groups["selected"].mean(),
            "test_sd": groups["selected"].std(ddof=1),
            "n_seeds": groups["seed"].nunique(),
            "n_diverged": groups["diverged"].sum(),
        }
    ).reset_index()
    if own is None:
        best = grid.groupby(METHOD[:2])["select_mean"].idxmax()
        grid["chosen"] = grid.index.isin(best)
    else:
        grid["chosen"] = grid["learning_rates"] == grid["method"].map(own)
    rates = grid["learning_rates"].str.split("_", expand=True).astype(float)
    grid.insert(3, "generator_rate", rates[0])
    grid.insert(4, "discriminator_rate", rates[1])
    return grid


def run_of(path: Path) -> dict[str, str]:
    """Return the keys of a run from its path, .../{architecture}/{method}/{learning rates}/seed{seed}/file."""
    *method, seed = path.parts[-5:-1]
    return dict(zip(RUN, (*method, seed.removeprefix("seed")), strict=True))


@dataclass(frozen=True)
class RunsOfFiles:
    """Metrics of runs, read one after the other whenever they are asked for: memory holds one of thousands."""

    paths: Iterable[Path]

    def __iter__(self) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
        """Yield the keys of each run, and its metrics."""
        for path in self.paths:
            yield run_of(path), pd.read_csv(path, dtype={"bin": str})


def read_runs(paths: Iterable[Path]) -> Runs:
    """Return the metrics of runs, each read when it is its turn."""
    return RunsOfFiles(tuple(paths))
