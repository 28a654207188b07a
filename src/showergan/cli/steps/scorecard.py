"""All trainings of a run by every metric."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan.cli.step import Anchors, Input, Metrics, Output, Step
from showergan.comparison.failures import failures as _failures
from showergan.comparison.runs import read_runs
from showergan.comparison.scorecard import rank_agreement, scorecard
from showergan.config.evaluation import ScoreName
from showergan.config.section import Name
from showergan.io.tables import read_csv, tables, write_table
from showergan.tasks.found import DEFAULT, named


class Scorecard(Step):
    """Judge every run by every metric at its chosen epoch; count failures, and agreement between metrics."""

    name = "scorecard"
    version = 3

    task: Name = Field(DEFAULT, description="whose metrics judge")
    choose_by: ScoreName = Field(description="score on select that chooses the epoch")

    def run(
        self,
        *,
        metrics: Metrics,
        anchors: Anchors,
        summary: Annotated[Path, Input("summary of `summarise`: CSV")],
        out: Annotated[Path, Output("a row per run and metric: CSV")],
        agreement: Annotated[Path, Output("Kendall's tau between metrics: CSV")],
        failures: Annotated[Path, Output("what went wrong in every run: CSV")],
    ) -> None:
        """Read the metrics of every run."""
        registry = named(self.task, "The recipe").metrics
        with tables(*metrics, anchors, summary):
            inputs = (
                read_runs(metrics),
                read_csv(anchors),
                read_csv(summary),
                self.choose_by,
                registry,
            )
            card = scorecard(*inputs)
            found = {
                agreement: rank_agreement(card),
                failures: _failures(*inputs),
                out: card,
            }
        for path, table in found.items():
            write_table(table, path)
