"""The networks in numbers."""

from pathlib import Path
from typing import Annotated

from showergan import tasks
from showergan.config import Networks
from showergan.files import write_table
from showergan.steps.step import Output, Step


class Describe(Networks, Step):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    name = "describe"
    version = 1
    section = "training"

    def run(self, *, out: Annotated[Path, Output("a row per layer: CSV")]) -> None:
        """Run both networks once."""
        write_table(tasks.showers.architectures(self.generator, self.discriminator), out)
