"""Recipes of showers alone: where they come from, their preparation, and their embedding."""

from typing import Any, Self

from pydantic import Field

from showergan.config.recipes.recipe import Recipe
from showergan.tasks.showers.data import DataFile, Preparation, Simulation
from showergan.tasks.showers.embedding_recipe import Embedding

# Of the Geant4 showers that come with the package.
SAMPLE_SHA256 = "3fc090175008ad5f9daa231d5553d91a85548bd5c0c504aa721b8454a7e44cf9"


class Fetch(DataFile, Recipe):
    """Download a data set from a URL and check its SHA-256."""

    name = "fetch"
    version = 1
    section = "data"

    path: str = Field(description="an http(s)://, s3:// or root:// URL")


class Sample(Recipe):
    """Copy the Geant4 showers that come with the package, in the published npz schema."""

    name = "sample"
    version = 1

    sha256: str = Field(SAMPLE_SHA256, description="of the file")

    @classmethod
    def of(cls, config: Any, **wildcards: str) -> Self:
        """Return the recipe, the same for every run."""
        return cls()


class Simulate(Simulation, Recipe):
    """Simulate electromagnetic showers (GFLASH) and write them in the published npz schema."""

    name = "simulate"
    version = 3
    section = "data"


class SimulateGeant4(Simulation, Recipe):
    """Simulate electromagnetic showers with Geant4 and write them in the published npz schema."""

    name = "simulate_geant4"
    version = 1
    section = "data"


class Preprocess(Preparation, Recipe):
    """Check a data set of the published schema and write it as HDF5 with its split."""

    name = "preprocess"
    version = 3
    section = "data"


class TrainEmbedding(Embedding, Recipe):
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""

    name = "train_embedding"
    version = 2
    section = "embedding"
