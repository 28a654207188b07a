"""Failures and successes of each method on each architecture."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Failures, Output, Summary
from showergan.comparison.successes import outcomes
from showergan.comparison.successes import successes as count_successes
from showergan.config.recipes.comparison import Outcomes
from showergan.io.files import write_table
from showergan.io.tables import read_csv, tables


def run(
    recipe: Outcomes,
    *,
    summary: Summary,
    failures: Failures,
    out: Annotated[Path, Output("a row per architecture and method: CSV")],
    successes: Annotated[Path, Output("a row per two methods and threshold: CSV")],
) -> None:
    """Read the scores of all runs."""
    with tables(summary, failures):
        read = read_csv(summary), read_csv(failures)
        table = outcomes(*read, recipe.choose_by, recipe.failed_below)
        counted = count_successes(table, recipe.thresholds)
    write_table(counted, successes)
    write_table(table, out)
