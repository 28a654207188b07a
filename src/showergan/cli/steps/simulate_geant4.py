"""Showers simulated with Geant4."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from showergan.cli.options import CheckpointFolder, Output, Setting
from showergan.config.recipes.showers import SimulateGeant4
from showergan.io.files import remove_states, say, state_folder
from showergan.tasks.showers.geant4 import simulation as geant4
from showergan.tasks.showers.written import write_npz


def run(
    recipe: SimulateGeant4,
    *,
    out: Annotated[Path, Output("showers, published schema: npz")],
    cores: Annotated[int | None, Setting("processes at a time; by default all cores")] = None,
    checkpoint_folder: CheckpointFolder = None,
) -> Callable[[], None]:
    """Simulate range by range; what is finished is kept beside the output until all is."""
    start = time.perf_counter()
    kept, leakage = state_folder(out, checkpoint_folder), geant4.Leakage()
    record = geant4.record(recipe.threshold_MeV)
    chunks = geant4.simulate(
        recipe.n_showers,
        recipe.seed,
        threshold_MeV=recipe.threshold_MeV,
        cores=cores or os.cpu_count() or 1,
        kept=kept,
        leakage=leakage,
    )
    write_npz(out, recipe.n_showers, chunks, record)
    minutes = (time.perf_counter() - start) / 60
    say(
        f"{out}: {recipe.n_showers} showers in {minutes:.1f} min, {leakage.inside:.2%} of their visible energy "
        "within the image"
    )
    return partial(remove_states, kept)
