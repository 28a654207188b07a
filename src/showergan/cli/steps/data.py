"""Steps that make data sets."""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from showergan.cli.options import CheckpointFolder, Input, Output, Setting
from showergan.config.recipes import data as recipes
from showergan.errors import UserError
from showergan.io.files import atomic_write, remove_states, say, sha256_of, state_folder
from showergan.io.urls import HIDDEN, without_secrets
from showergan.tasks.found import named
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.geant4 import simulation as geant4
from showergan.tasks.showers.remote import check_sha256, fetch_url
from showergan.tasks.showers.resources import SAMPLE
from showergan.tasks.showers.shower_file import write_npz

URL = "SHOWERGAN_URL"  # the workflow sets it to data.path
Showers = Annotated[Path, Output("showers, published schema: npz")]


def make_data(recipe: recipes.MakeData, *, out: Annotated[Path, Output("data set: HDF5")]) -> None:
    """Write it."""
    named(recipe.task, "The recipe").write(recipe.data, out)
    say(f"{out}: {recipe.data.source}")


def fetch(
    recipe: recipes.Fetch, *, out: Annotated[Path, Output("showers as they are there")]
) -> None:
    """Download as a stream."""
    fetch_url(_whole_url(recipe.path), out, recipe.sha256)


def _whole_url(path: str) -> str:
    """Return the URL with its secret parts, which no recipe repeats: the environment has them.

    Raises:
        UserError: it has not.
    """
    given = os.environ.get(URL, "")
    url = given if without_secrets(given) == without_secrets(path) else path
    if HIDDEN in url:
        raise UserError(f"{url}: what is secret of it is not kept: set {URL} to the whole URL")
    return url


def sample(recipe: recipes.Sample, *, out: Showers) -> None:
    """Copy the file if it is whole.

    Raises:
        UserError: it is not the one of the recipe.
    """
    if not SAMPLE.exists() or sha256_of(SAMPLE) != recipe.sha256:
        raise UserError(
            f"{SAMPLE} is missing or is not the file with the SHA-256 {recipe.sha256}. Install the package again, or "
            "take `data.source: simulate`."
        )
    with atomic_write(out) as temporary:
        shutil.copyfile(SAMPLE, temporary)


def simulate(recipe: recipes.Simulate, *, out: Showers) -> None:
    """Simulate chunk by chunk."""
    start, n = time.perf_counter(), recipe.n_showers
    chunks = gflash.simulate(n, recipe.seed, recipe.threshold_MeV)
    write_npz(out, n, chunks, gflash.record(recipe.threshold_MeV))
    say(f"{out}: {n} showers, {n / (time.perf_counter() - start):.0f} per second")


def simulate_geant4(
    recipe: recipes.SimulateGeant4,
    *,
    out: Showers,
    cores: Annotated[int | None, Setting("processes at a time; by default all cores")] = None,
    checkpoint_folder: CheckpointFolder = None,
) -> Callable[[], None]:
    """Simulate range by range; what is finished is kept beside the output until all is."""
    start = time.perf_counter()
    kept, energy_MeV = state_folder(out, checkpoint_folder), defaultdict[str, float](float)
    record = geant4.record(recipe.threshold_MeV)
    chunks = geant4.simulate(
        recipe.n_showers,
        recipe.seed,
        threshold_MeV=recipe.threshold_MeV,
        cores=cores or os.cpu_count() or 1,
        kept=kept,
        energy_MeV=energy_MeV,
    )
    write_npz(out, recipe.n_showers, chunks, record)
    minutes = (time.perf_counter() - start) / 60
    say(
        f"{out}: {recipe.n_showers} showers in {minutes:.1f} min, {energy_MeV['inside'] / energy_MeV['all']:.2%} of "
        "their visible energy within the image"
    )
    return partial(remove_states, kept)


def preprocess(
    recipe: recipes.Preprocess,
    *,
    source: Annotated[Path, Input("showers, published schema: npz")],
    out: Annotated[Path, Output("data set: HDF5")],
) -> None:
    """Read and write chunk by chunk; say what the data set is."""
    if recipe.sha256:
        check_sha256(source, recipe.sha256)
    dataset.preprocess(source, out, recipe)
    found = dataset.attributes(out)
    say(
        f"{out}: {found['n_events']} showers, of which {found['n_train']} train, {found['n_select']} select and "
        f"{found['n_test']} test; {found['n_clipped_energies']} negative energies set to 0"
    )
    say(
        f"The energy of the training showers is centred at a depth of {found['shower_depth_cm']:.2f} cm "
        f"({found['n_train_without_energy']} without energy left out)"
    )
