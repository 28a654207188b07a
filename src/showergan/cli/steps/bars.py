"""Whether a run is worth comparing."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from showergan.cli.step import Anchors, Input, Output, Step
from showergan.comparison.bars import bars
from showergan.config.section import Count
from showergan.config.whole import Config
from showergan.io.tables import read_csv, tables, write_table


class Bars(Step):
    """Hold the run against what makes it worth comparing."""

    name = "bars"
    version = 3

    bounded: tuple[str, ...] = Field(description="the methods that the bars are for")
    fewest: Count = Field(description="showers that every bin needs")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run: the bars are for methods with spectral normalisation."""
        kinds = {n: getattr(m.normaliser, "kind", None) for n, m in config.sorted_methods.items()}
        return cls(
            bounded=tuple(name for name, kind in kinds.items() if kind == "spectral_norm"),
            fewest=config.evaluation.events_per_cluster * config.evaluation.clusters,
        )

    def run(
        self,
        *,
        scorecard: Annotated[Path, Input("scorecard of `scorecard`: CSV")],
        failures: Annotated[Path, Input("failures of `scorecard`: CSV")],
        anchors: Anchors,
        out: Annotated[Path, Output("a row per bar: CSV")],
    ) -> None:
        """Read what all runs were judged by."""
        with tables(scorecard, failures, anchors):
            table = bars(
                read_csv(scorecard),
                read_csv(failures),
                read_csv(anchors),
                bounded=self.bounded,
                fewest=self.fewest,
            )
        write_table(table, out)
