"""Losses of a run against the quality of what it generates."""

import json
from pathlib import Path
from typing import Annotated

import pandas as pd

from showergan.cli.options import Input, Metrics, Output
from showergan.comparison import loss_meaning
from showergan.comparison.runs import read_runs, run_of
from showergan.config.recipes.comparison import LossMeaning
from showergan.io.files import write_table
from showergan.io.tables import tables
from showergan.tasks.found import named


def run(
    recipe: LossMeaning,
    *,
    metrics: Metrics,
    histories: Annotated[list[Path], Input("history.csv of every run")],
    trainings: Annotated[list[Path], Input("run.json of every run")],
    estimates: Annotated[Path, Output("estimated distances over the steps of every run: CSV")],
    out: Annotated[Path, Output("estimate and quality of every evaluated epoch: CSV")],
    correlation: Annotated[Path, Output("Spearman's rho of the two over seeds: CSV")],
) -> None:
    """Read histories and metrics of every run."""
    registry = named(recipe.task, "The recipe").metrics
    with tables(*metrics, *histories, *trainings):
        seconds = pd.DataFrame([_seconds_per_step(path) for path in trainings])
        # Methods have columns of their own, as ABCAS has its r.
        read = _of_all_runs(histories, loss_meaning.HISTORY)
        found = loss_meaning.with_seconds(loss_meaning.estimates(read, recipe.losses), seconds)
        meaning = loss_meaning.loss_meaning(found, _of_all_runs(metrics), registry)
        correlations = loss_meaning.loss_correlation(meaning)
    write_table(found, estimates)
    write_table(correlations, correlation)
    write_table(meaning, out)


def _of_all_runs(paths: list[Path], columns: tuple[str, ...] | None = None) -> pd.DataFrame:
    return pd.concat(read_runs(paths, columns), ignore_index=True)


def _seconds_per_step(path: Path) -> dict[str, str | float]:
    run = json.loads(path.read_text(encoding="utf-8"))
    return run_of(path) | {"per_step": run["seconds"] / run["generator_steps"]}
