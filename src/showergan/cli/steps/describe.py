"""The networks in numbers."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import DataSet, Output
from showergan.config.recipes.training import Describe
from showergan.io.files import write_table
from showergan.networks.table import architectures
from showergan.tasks.found import of_file


def run(
    recipe: Describe, *, data: DataSet, out: Annotated[Path, Output("a row per layer: CSV")]
) -> None:
    """Run both networks once, on samples of the shape of those in the data set."""
    task = of_file(data)
    sizes = task.sample_shape, task.n_conditions
    table = architectures(recipe.generator, recipe.discriminator, *sizes, task.further_networks())
    write_table(table, out)
