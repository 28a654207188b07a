"""Recipes of data sets."""

from pathlib import Path
from typing import Any

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from showergan.config.recipes.recipe import Recipe
from showergan.config.section import Name
from showergan.config.tasks.found import DEFAULT, spec_named
from showergan.config.tasks.showers import DataFile, Preparation, Simulation
from showergan.config.tasks.spec import Data
from showergan.config.validation import validated

# Of the Geant4 showers that come with the package.
SAMPLE_SHA256 = "3fc090175008ad5f9daa231d5553d91a85548bd5c0c504aa721b8454a7e44cf9"


class MakeData(Recipe):
    """Write the data set of a task, with its split, from the section `data` of the configuration."""

    version = 1

    task: Name = Field(DEFAULT, description="what the samples are")
    data: SerializeAsAny[Data]

    @field_validator("data", mode="wrap")
    @classmethod
    def _of_the_task(cls, raw: Any, _: Any, found: ValidationInfo) -> Data:
        """Read the value as the task's section `data`."""
        task = spec_named(found.data.get("task", DEFAULT), "The recipe")
        return raw if isinstance(raw, task.data) else validated(task.data, raw, "section data")

    @property
    def reads(self) -> tuple[Path, ...]:
        """The files and folders that the data are made of."""
        return tuple(map(Path, self.data.files))


class Fetch(DataFile, Recipe):
    """Download a data set from a URL and check its SHA-256."""

    version = 1
    only_for = "showers"
    section = "data"

    path: str = Field(description="an http(s)://, s3:// or root:// URL")


class Sample(Recipe):
    """Copy the Geant4 showers that come with the package, in the published npz schema."""

    version = 1
    only_for = "showers"

    sha256: str = Field(SAMPLE_SHA256, description="of the file")


class Simulate(Simulation, Recipe):
    """Simulate electromagnetic showers (GFLASH) and write them in the published npz schema."""

    version = 3
    only_for = "showers"
    section = "data"


class SimulateGeant4(Simulation, Recipe):
    """Simulate electromagnetic showers with Geant4 and write them in the published npz schema."""

    version = 1
    only_for = "showers"
    section = "data"


class Preprocess(Preparation, Recipe):
    """Check a data set of the published schema and write it as HDF5 with its split."""

    version = 3
    only_for = "showers"
    section = "data"
