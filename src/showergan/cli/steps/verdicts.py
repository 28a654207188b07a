"""Which methods differ."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat

from showergan.cli.step import Input, Output, Step
from showergan.comparison.learning_rates import robustness as _robustness
from showergan.comparison.significance import FLOORS, LEVEL
from showergan.comparison.verdicts import ranks as _ranks
from showergan.comparison.verdicts import verdicts
from showergan.config.section import Count, Seed
from showergan.config.whole import Config
from showergan.io.tables import read_csv, tables, write_table


class Verdicts(Step):
    """Test every method against a baseline over paired seeds, rank all; say how much hangs on learning rates."""

    name = "verdicts"
    version = 3

    baseline: str = Field(description="the method that all others are compared with")
    null: str = Field(description="the method that differs from it by noise alone")
    column: Literal["selected", "max", "last"] = Field(
        "selected", description="of the summary, what is compared; max was chosen on test"
    )
    level: float = Field(LEVEL, gt=0, lt=1, description="of the tests and, from 1, of intervals")
    floors: PositiveFloat = Field(
        FLOORS, description="of noise, up to which a mean difference is within it"
    )
    resamples: Count = Field(10_000, description="of bootstrap and permutations")
    seed: Seed = Field(0, description="random seed of these")

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
        ranks: Annotated[Path, Output("a row per score and method: CSV")],
        robustness: Annotated[Path, Output("a row per method: CSV")],
    ) -> None:
        """Read what `summarise` wrote."""
        with tables(summary, grid):
            runs = read_csv(summary)
            found = {
                robustness: _robustness(read_csv(grid)),
                ranks: _ranks(runs, column=self.column, level=self.level),
                out: verdicts(runs, **self.model_dump()),
            }
        for path, table in found.items():
            write_table(table, path)
