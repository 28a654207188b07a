"""Showers simulated with GFLASH."""

import time
from pathlib import Path
from typing import Annotated

from showergan.cli.options import Output
from showergan.config.recipes.showers import Simulate
from showergan.io.files import say
from showergan.tasks.showers import gflash
from showergan.tasks.showers.written import write_npz


def run(
    recipe: Simulate, *, out: Annotated[Path, Output("showers, published schema: npz")]
) -> None:
    """Simulate chunk by chunk."""
    start, n = time.perf_counter(), recipe.n_showers
    chunks = gflash.simulate(n, recipe.seed, recipe.threshold_MeV)
    write_npz(out, n, chunks, gflash.record(recipe.threshold_MeV))
    say(f"{out}: {n} showers, {n / (time.perf_counter() - start):.0f} per second")
