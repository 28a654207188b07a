"""What each method makes of each architecture."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan.cli.step import Input, Output, Step
from showergan.comparison.successes import outcomes
from showergan.comparison.successes import successes as _successes
from showergan.config.evaluation import ScoreName
from showergan.io.tables import read_csv, tables, write_table

Fraction = Annotated[float, Field(ge=0, le=1)]


class Outcomes(Step):
    """Say where a method failed, and on how many architectures one method of two succeeds alone."""

    name = "outcomes"
    version = 1

    choose_by: ScoreName = Field(description="score that counts")
    failed_below: Fraction = Field(0.2, description="of the ceiling, that a success reaches")
    thresholds: tuple[Fraction, ...] = Field(
        (0.1, 0.3, 0.5, 0.7, 0.9), description="of the ceiling, to count successes at"
    )

    def run(
        self,
        *,
        summary: Annotated[Path, Input("summary of `summarise`: CSV")],
        failures: Annotated[Path, Input("failures of `scorecard`: CSV")],
        out: Annotated[Path, Output("a row per architecture and method: CSV")],
        successes: Annotated[Path, Output("a row per two methods and threshold: CSV")],
    ) -> None:
        """Read what all runs were judged by."""
        read = read_csv
        with tables(summary, failures):
            table = outcomes(read(summary), read(failures), self.choose_by, self.failed_below)
            counted = _successes(table, self.thresholds)
        write_table(counted, successes)
        write_table(table, out)
