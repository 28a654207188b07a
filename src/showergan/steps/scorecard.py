"""All trainings of a run by every metric."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan import comparison, reading, tasks
from showergan.config.evaluation import ScoreName
from showergan.config.section import Name
from showergan.files import write_table
from showergan.step import Anchors, Input, Metrics, Output, Step


class Scorecard(Step):
    """Judge every run by every metric at its chosen epoch; count failures, and agreement between metrics."""

    name = "scorecard"
    version = 3

    task: Name = Field(tasks.DEFAULT, description="whose metrics judge")
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
        registry = tasks.named(self.task, "The recipe").metrics
        with reading.tables(*metrics, anchors, summary):
            inputs = (
                comparison.read_runs(metrics),
                reading.read_csv(anchors),
                reading.read_csv(summary),
                self.choose_by,
                registry,
            )
            card = comparison.scorecard(*inputs)
            found = {
                agreement: comparison.rank_agreement(card),
                failures: comparison.failures(*inputs),
                out: card,
            }
        for path, table in found.items():
            write_table(table, path)
