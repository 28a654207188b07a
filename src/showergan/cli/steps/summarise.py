"""All trainings of a run in one table."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan.cli.step import Anchors, Metrics, Output, Step
from showergan.comparison.learning_rates import learning_rate_grid
from showergan.comparison.runs import read_runs
from showergan.comparison.summary import summarise
from showergan.config.evaluation import ScoreName
from showergan.io.tables import read_csv, tables, write_table


class Summarise(Step):
    """Gather all runs into one row per run and score, and say which learning rates stand for a method."""

    name = "summarise"
    version = 4

    choose_by: ScoreName = Field(
        description="score whose mean over seeds chooses learning rates where no pair is a method's own"
    )
    own_learning_rates: dict[str, str] | None = Field(
        None, description="the name of each method's own pair; null: `choose_by` chooses"
    )

    def run(
        self,
        *,
        metrics: Metrics,
        anchors: Anchors,
        out: Annotated[Path, Output("a row per run and score: CSV")],
        grid: Annotated[Path, Output("a row per method and pair of learning rates: CSV")],
    ) -> None:
        """Read the metrics of every run."""
        choice = self.choose_by, self.own_learning_rates
        with tables(*metrics, anchors):
            ends = read_csv(anchors)
            summary = summarise(read_runs(metrics), ends, *choice)
            rates = learning_rate_grid(summary, *choice)
        write_table(rates, grid)
        write_table(summary, out)
