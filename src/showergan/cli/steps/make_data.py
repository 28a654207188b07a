"""The data set of a task that makes its own."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Output
from showergan.config.recipes.training import MakeData
from showergan.io.files import say
from showergan.tasks.found import named


def run(recipe: MakeData, *, out: Annotated[Path, Output("data set: HDF5")]) -> None:
    """Write it."""
    named(recipe.task, "The recipe").write(recipe.data, out)
    say(f"{out}: {recipe.data.source}")
