"""Effect of changes of the discriminator's scale on its training."""

from pathlib import Path
from typing import Annotated

from showergan.cli.computing import DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes.training import Audit
from showergan.io.files import write_table
from showergan.tasks.found import of_file
from showergan.training.scale_audit import scale_audit


def run(
    recipe: Audit,
    *,
    data: DataSet,
    out: Annotated[Path, Output("cosines between the movements of the weights: CSV")],
    where: DeviceOptions,
) -> None:
    """Train the discriminator with and without each change."""
    found = of_file(data).training_set(data, None, where.choose())
    write_table(scale_audit(found.samples, found.conditions, recipe), out)
