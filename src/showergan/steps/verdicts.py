"""Which methods differ."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from showergan import comparison, heavy
from showergan.config import Config
from showergan.files import write_table
from showergan.steps.step import Input, Output, Step


class Verdicts(Step):
    """Test every method against a baseline over paired seeds; say how much hangs on its learning rates."""

    name = "verdicts"
    version = 2

    baseline: str = Field(description="the method that all others are compared with")
    null: str = Field(description="the method that differs from it by noise alone")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run: the baseline is vanilla SN."""
        return cls(baseline="sn", null="sn_null")

    def run(
        self,
        *,
        summary: Annotated[Path, Input("summary of `summarise`: CSV")],
        grid: Annotated[Path, Input("learning rates of `summarise`: CSV")],
        out: Annotated[Path, Output("a row per comparison: CSV")],
        robustness: Annotated[Path, Output("a row per method: CSV")],
    ) -> None:
        """Read what `summarise` wrote."""
        write_table(comparison.robustness(heavy.pd.read_csv(grid)), robustness)
        write_table(comparison.verdicts(heavy.pd.read_csv(summary), self.baseline, self.null), out)
