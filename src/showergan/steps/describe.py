"""The networks in numbers."""

from pathlib import Path
from typing import Annotated

from showergan import networks
from showergan.config.training import Discriminator
from showergan.files import write_table
from showergan.steps.step import Output, Step


class Describe(Step):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    name = "describe"
    version = 1
    section = "training"

    discriminator: Discriminator = "standard"

    def run(self, *, out: Annotated[Path, Output("a row per layer: CSV")]) -> None:
        """Run both networks once."""
        write_table(networks.architectures(self.discriminator), out)
