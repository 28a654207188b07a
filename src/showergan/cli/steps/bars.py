"""Acceptance criteria: whether a run makes its methods worth comparing."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Anchors, Failures, Input, Output
from showergan.comparison.bars import bars
from showergan.config.recipes.comparison import Bars
from showergan.io.files import write_table
from showergan.io.tables import read_csv, tables


def run(
    recipe: Bars,
    *,
    scorecard: Annotated[Path, Input("scorecard of `scorecard`: CSV")],
    failures: Failures,
    anchors: Anchors,
    out: Annotated[Path, Output("a row per bar: CSV")],
) -> None:
    """Read the scores of all runs."""
    with tables(scorecard, failures, anchors):
        read = map(read_csv, (scorecard, failures, anchors))
        table = bars(*read, bounded=recipe.bounded, fewest=recipe.fewest)
    write_table(table, out)
