"""Showers that come with the package."""

import shutil
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field

from showergan.cli.step import Output, Step
from showergan.errors import UserError
from showergan.io.files import atomic_write, sha256_of
from showergan.tasks.showers.resources import SAMPLE, SHA256


class Sample(Step):
    """Copy the Geant4 showers that come with the package, in the published npz schema."""

    name = "sample"
    version = 1

    sha256: str = Field(SHA256, description="of the file")

    @classmethod
    def of(cls, config: Any, **wildcards: str) -> Self:
        """Return the step, the same for every run."""
        return cls()

    def run(self, *, out: Annotated[Path, Output("showers, published schema: npz")]) -> None:
        """Copy the file where it is whole.

        Raises:
            UserError: it is not the one of the recipe.
        """
        if not SAMPLE.exists() or sha256_of(SAMPLE) != self.sha256:
            raise UserError(
                f"{SAMPLE} is missing or is not the file with the SHA-256 {self.sha256}. Install the package again, or "
                "take `data.source: simulate`."
            )
        with atomic_write(out) as temporary:
            shutil.copyfile(SAMPLE, temporary)
