"""Showers that come with the package."""

import shutil
from pathlib import Path
from typing import Annotated

from showergan.cli.options import Output
from showergan.config.recipes.showers import Sample
from showergan.errors import UserError
from showergan.io.files import atomic_write, sha256_of
from showergan.tasks.showers.resources import SAMPLE


def run(recipe: Sample, *, out: Annotated[Path, Output("showers, published schema: npz")]) -> None:
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
