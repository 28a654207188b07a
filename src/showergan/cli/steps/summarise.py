"""All trainings of a run in one table."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Anchors, Metrics, Output
from showergan.comparison.runs import read_runs
from showergan.comparison.summary import learning_rate_grid, summarise
from showergan.config.recipes.comparison import Summarise
from showergan.io.files import write_table
from showergan.io.tables import read_csv, tables


def run(
    recipe: Summarise,
    *,
    metrics: Metrics,
    anchors: Anchors,
    out: Annotated[Path, Output("a row per run and score: CSV")],
    grid: Annotated[Path, Output("a row per method and pair of learning rates: CSV")],
) -> None:
    """Read the metrics of every run."""
    choice = recipe.choose_by, recipe.own_learning_rates
    with tables(*metrics, anchors):
        ends = read_csv(anchors)
        summary = summarise(read_runs(metrics), ends, *choice)
        rates = learning_rate_grid(summary, *choice)
    write_table(rates, grid)
    write_table(summary, out)
