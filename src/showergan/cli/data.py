"""Subcommands that make and check data sets."""

import time

from showergan.cli.options import Input, Output, Recipe, app
from showergan.cli.output import say
from showergan.config import Data
from showergan.errors import UserError
from showergan.recipes import parse_recipe


@app.command()
def simulate(recipe: Recipe, out: Output) -> None:
    """Simulate electromagnetic showers (GFLASH) and write them in the published npz schema."""
    from showergan.tasks.showers import gflash
    from showergan.tasks.showers.npz import write_npz

    data = parse_recipe(Data, recipe)
    start = time.perf_counter()
    write_npz(out, data.n_showers, gflash.simulate(data.n_showers, data.seed), gflash.VERSION)
    seconds = time.perf_counter() - start
    say(f"{out}: {data.n_showers} showers, {data.n_showers / seconds:.0f} per second")


@app.command()
def fetch(recipe: Recipe, out: Output) -> None:
    """Download a data set from a URL and check its SHA-256."""
    from showergan.tasks.showers.remote import fetch_url

    data = parse_recipe(Data, recipe)
    if not data.path:
        raise UserError(
            'fetch: the recipe names no data set; give its URL, as in {"path": "https://..."}'
        )
    fetch_url(data.path, out, data.sha256)


@app.command()
def preprocess(source: Input, recipe: Recipe, out: Output) -> None:
    """Check a data set of the published schema and write it as HDF5 with its split."""
    from showergan.tasks.showers import dataset
    from showergan.tasks.showers.remote import check_sha256

    data = parse_recipe(Data, recipe)
    if data.sha256:
        check_sha256(source, data.sha256)
    dataset.preprocess(
        source,
        out,
        source_name=data.path or "simulate",
        negative_energy=data.negative_energy,
        split=data.split,
        split_seed=data.split_seed,
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
