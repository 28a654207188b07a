"""The networks in numbers."""

from pathlib import Path
from typing import Annotated, Self

from showergan import networks
from showergan.config import Config
from showergan.config.training import Discriminator
from showergan.files import write_table
from showergan.steps.step import Output, Step


class Describe(Step):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    name = "describe"
    version = 1

    discriminator: Discriminator = "standard"

    @classmethod
    def of(cls, config: Config) -> Self:
        """Return the step of a run."""
        return cls(discriminator=config.training.discriminator)

    def run(self, *, out: Annotated[Path, Output("a row per layer: CSV")]) -> None:
        """Run both networks once."""
        write_table(networks.architectures(self.discriminator), out)
