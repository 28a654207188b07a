"""The networks in numbers."""

from pathlib import Path
from typing import Annotated, Self

from showergan.cli.step import DataSet, Output, Step
from showergan.config.architectures import Networks
from showergan.config.whole import Config
from showergan.io.tables import write_table
from showergan.networks.description import architectures
from showergan.tasks.found import of_file


class Describe(Networks, Step):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    name = "describe"
    version = 1

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run, of its first architecture."""
        return cls(
            generator=config.first_networks.generator,
            discriminator=config.first_networks.discriminator,
        )

    def run(self, *, data: DataSet, out: Annotated[Path, Output("a row per layer: CSV")]) -> None:
        """Run both networks once, on samples of the shape of those in the data set."""
        task = of_file(data)
        sizes = task.sample_shape, task.n_conditions
        table = architectures(self.generator, self.discriminator, *sizes, task.further_networks())
        write_table(table, out)
