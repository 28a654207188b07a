"""The data set of showers that all else reads."""

from pathlib import Path
from typing import Annotated

from showergan.cli.options import Input, Output
from showergan.config.recipes.showers import Preprocess
from showergan.io.files import say
from showergan.tasks.showers import dataset
from showergan.tasks.showers.remote import check_sha256


def run(
    recipe: Preprocess,
    *,
    source: Annotated[Path, Input("showers, published schema: npz")],
    out: Annotated[Path, Output("data set: HDF5")],
) -> None:
    """Read and write chunk by chunk; say what the data set is."""
    if recipe.sha256:
        check_sha256(source, recipe.sha256)
    settings = recipe.model_dump(exclude={"path", "sha256"})
    dataset.preprocess(source, out, source_name=recipe.path or "simulate", **settings)
    found = dataset.attributes(out)
    say(
        f"{out}: {found['n_events']} showers, of which {found['n_train']} train, {found['n_select']} select and "
        f"{found['n_test']} test; {found['n_clipped_energies']} negative energies set to 0"
    )
    say(
        f"The energy of the training showers is centred at a depth of {found['shower_depth_cm']:.2f} cm "
        f"({found['n_train_without_energy']} without energy left out)"
    )
