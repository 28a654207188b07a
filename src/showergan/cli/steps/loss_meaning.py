"""Whether the losses of a run mean something."""

import json
from pathlib import Path
from typing import Annotated, Self

import pandas as pd
from pydantic import Field

from showergan.cli.step import Input, Metrics, Output, Step
from showergan.comparison.loss_meaning import HISTORY, loss_correlation, loss_meaning, with_seconds
from showergan.comparison.loss_meaning import estimates as _estimates
from showergan.comparison.runs import read_runs, run_of
from showergan.config.kinds import implemented, one_of
from showergan.config.losses import Loss
from showergan.config.section import Name
from showergan.config.whole import Config
from showergan.io.tables import tables, write_table
from showergan.methods.losses import Loss as ActingLoss
from showergan.tasks.found import DEFAULT, named


class LossMeaning(Step):
    """Hold what the discriminator's loss says of the distance to real samples against their quality, over training."""

    name = "loss_meaning"
    version = 1

    task: Name = Field(DEFAULT, description="whose metrics say what quality is")
    losses: dict[str, one_of(Loss)] = Field(description="of each method")  # type: ignore[valid-type]

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run."""
        return cls(task=config.task, losses={n: m.loss for n, m in config.sorted_methods.items()})

    def run(
        self,
        *,
        metrics: Metrics,
        histories: Annotated[list[Path], Input("history.csv of every run")],
        trainings: Annotated[list[Path], Input("run.json of every run")],
        estimates: Annotated[Path, Output("estimated distances over the steps of every run: CSV")],
        out: Annotated[Path, Output("estimate and quality of every evaluated epoch: CSV")],
        correlation: Annotated[Path, Output("Spearman's rho of the two over seeds: CSV")],
    ) -> None:
        """Read histories and metrics of every run."""
        registry = named(self.task, "The recipe").metrics
        losses: dict[str, ActingLoss] = {
            n: implemented(p, ActingLoss) for n, p in self.losses.items()
        }
        with tables(*metrics, *histories, *trainings):
            seconds = pd.DataFrame([_seconds_per_step(path) for path in trainings])
            # Methods have columns of their own, as ABCAS has its r.
            found = _estimates(_of_all_runs(histories, HISTORY), losses)
            found = with_seconds(found, seconds)
            meaning = loss_meaning(found, _of_all_runs(metrics), registry)
            correlations = loss_correlation(meaning)
        write_table(found, estimates)
        write_table(correlations, correlation)
        write_table(meaning, out)


def _of_all_runs(paths: list[Path], columns: tuple[str, ...] | None = None) -> "pd.DataFrame":
    return pd.concat(read_runs(paths, columns), ignore_index=True)


def _seconds_per_step(path: Path) -> dict[str, str | float]:
    run = json.loads(path.read_text(encoding="utf-8"))
    return run_of(path) | {"per_step": run["seconds"] / run["generator_steps"]}
