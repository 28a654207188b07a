"""Whether a run is worth comparing."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from showergan import comparison, reading
from showergan.config import Config
from showergan.config.section import Count
from showergan.files import write_table
from showergan.step import Anchors, Input, Output, Step


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
        with reading.tables(scorecard, failures, anchors):
            table = comparison.bars(
                reading.read_csv(scorecard),
                reading.read_csv(failures),
                reading.read_csv(anchors),
                bounded=self.bounded,
                fewest=self.fewest,
            )
        write_table(table, out)
