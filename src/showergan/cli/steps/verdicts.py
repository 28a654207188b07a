"""Tests of which methods differ."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Input, Output, Summary
from showergan.comparison.robustness import robustness as spread_over_rates
from showergan.comparison.verdicts import ranks as rank_methods
from showergan.comparison.verdicts import verdicts
from showergan.config.recipes.comparison import Verdicts
from showergan.io.files import write_table
from showergan.io.tables import read_csv, tables


def run(
    recipe: Verdicts,
    *,
    summary: Summary,
    grid: Annotated[Path, Input("learning rates of `summarise`: CSV")],
    out: Annotated[Path, Output("a row per comparison: CSV")],
    ranks: Annotated[Path, Output("a row per score and method: CSV")],
    robustness: Annotated[Path, Output("a row per method: CSV")],
) -> None:
    """Read what `summarise` wrote."""
    with tables(summary, grid):
        runs = read_csv(summary)
        spread = spread_over_rates(read_csv(grid))
        ranked = rank_methods(runs, column=recipe.column, level=recipe.level)
        compared = verdicts(runs, **recipe.model_dump())
    write_table(spread, robustness)
    write_table(ranked, ranks)
    write_table(compared, out)
