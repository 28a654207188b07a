"""All trainings of a run by every metric."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Anchors, Metrics, Output, Summary
from showergan.comparison.failures import failures as find_failures
from showergan.comparison.rank_agreement import rank_agreement
from showergan.comparison.runs import read_runs
from showergan.comparison.scorecard import scorecard
from showergan.config.recipes.comparison import Scorecard
from showergan.io.files import write_table
from showergan.io.tables import read_csv, tables
from showergan.tasks.found import named


def run(
    recipe: Scorecard,
    *,
    metrics: Metrics,
    anchors: Anchors,
    summary: Summary,
    out: Annotated[Path, Output("a row per run and metric: CSV")],
    agreement: Annotated[Path, Output("Kendall's tau between metrics: CSV")],
    failures: Annotated[Path, Output("what went wrong in every run: CSV")],
) -> None:
    """Read the metrics of every run."""
    registry = named(recipe.task, "The recipe").metrics
    with tables(*metrics, anchors, summary):
        read = read_runs(metrics), read_csv(anchors), read_csv(summary)
        card = scorecard(*read, recipe.choose_by, registry)
        failed = find_failures(*read, recipe.choose_by, registry)
        agreed = rank_agreement(card)
    write_table(agreed, agreement)
    write_table(failed, failures)
    write_table(card, out)
