"""Step that takes runs from a table in place of training them."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Input, Output
from showergan.config.recipes.published import Unpack
from showergan.errors import UserError
from showergan.records.published import read_metrics, write_metrics_csv


def unpack(
    recipe: Unpack,
    *,
    table: Annotated[Path, Input("metrics of published runs: metrics.json.xz of `gather`")],
    metrics: Annotated[
        list[Path],
        Output("one for each run, .../{architecture}/{method}/{rates}/seed{seed}/metrics.csv"),
    ],
) -> None:
    """Write one file for each run that is asked for."""
    found = read_metrics(table)
    for path in metrics:
        run = "/".join(path.parts[-5:-1])
        if run not in found:
            raise UserError(f"{table} has no run {run}; it has {', '.join(found)}")
        write_metrics_csv(found[run], path)
