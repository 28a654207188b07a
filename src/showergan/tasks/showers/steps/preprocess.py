"""The data set that all else reads."""

from pathlib import Path
from typing import Annotated

from showergan.cli.step import Input, Output, Step
from showergan.config.tasks.showers import Preparation
from showergan.io.files import say
from showergan.tasks.showers import dataset as _dataset
from showergan.tasks.showers.remote import check_sha256


class Preprocess(Preparation, Step):
    """Check a data set of the published schema and write it as HDF5 with its split."""

    name = "preprocess"
    version = 3
    section = "data"

    def run(
        self,
        *,
        source: Annotated[Path, Input("showers, published schema: npz")],
        out: Annotated[Path, Output("data set: HDF5")],
    ) -> None:
        """Read and write chunk by chunk; say what the data set is."""
        dataset = _dataset
        if self.sha256:
            check_sha256(source, self.sha256)
        dataset.preprocess(
            source,
            out,
            source_name=self.path or "simulate",
            negative_energy=self.negative_energy,
            split=self.split,
            split_seed=self.split_seed,
            energy_unit=self.energy_unit,
            length_unit=self.length_unit,
        )
        found = dataset.attributes(out)
        say(
            f"{out}: {found['n_events']} showers, of which {found['n_train']} train, {found['n_select']} select and "
            f"{found['n_test']} test; {found['n_clipped_energies']} negative energies set to 0"
        )
        say(
            f"The energy of the training showers is centred at a depth of {found['shower_depth_cm']:.2f} cm "
            f"({found['n_train_without_energy']} without energy left out)"
        )
