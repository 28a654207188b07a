"""Recipes of the networks in whose spaces samples are measured."""

from typing import Literal, Self

from pydantic import Field

from showergan.config.recipes.recipe import Recipe
from showergan.config.tasks import images, showers
from showergan.config.whole import Config


class TrainEmbedding(showers.Embedding, Recipe):
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""

    name = "train_embedding"
    version = 2
    only_for = "showers"
    section = "embedding"


class TrainImageEmbedding(images.Embedding, Recipe):
    """Train the network in whose space images are measured: a classifier, or one half of an autoencoder."""

    name = "train_image_embedding"
    version = 1
    only_for = "images"

    kind: Literal["classifier", "encoder"] = Field("classifier", description="what it learns")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: the space that epochs are chosen in decides what is trained."""
        section = config.embedding  # type: ignore[attr-defined]
        return cls(kind=config.choose_by.removeprefix("bins-"), **dict(section))  # type: ignore[arg-type]
