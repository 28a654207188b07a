"""Discriminators trained against a generator that stays fixed."""

from pathlib import Path
from typing import Annotated

import numpy as np

from showergan.cli.options import Output
from showergan.config.recipes.toys import TrainBeforeFixedGenerator
from showergan.io.files import atomic_write, write_table
from showergan.tasks.toys import fixed_generator as fixed


def run(
    recipe: TrainBeforeFixedGenerator,
    *,
    out: Annotated[Path, Output("values on a grid: npz")],
    gradients: Annotated[Path, Output("a row per constraint and layer: CSV")],
    weights: Annotated[Path, Output("histograms of weights: CSV")],
) -> None:
    """Train one after the other."""
    rest = recipe.batch_size, recipe.seed
    deep = fixed.Sizes(recipe.width, fixed.DEEP_LAYERS, recipe.deep_steps, *rest)
    norms, shares = fixed.deep_discriminators(deep)
    surfaces = fixed.value_surfaces(fixed.Sizes(recipe.width, 3, recipe.steps, *rest))
    write_table(norms, gradients)
    write_table(shares, weights)
    with atomic_write(out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **surfaces)
