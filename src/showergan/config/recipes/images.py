"""The recipe of images alone: the network that they are measured with."""

from typing import Literal, Self

from pydantic import Field

from showergan.config.recipes.recipe import Recipe
from showergan.config.whole import Config
from showergan.tasks.images.recipe import Embedding


class TrainPictureEmbedding(Embedding, Recipe):
    """Train the network in whose space pictures are measured: a classifier, or one half of an autoencoder."""

    name = "train_picture_embedding"
    version = 1

    kind: Literal["classifier", "encoder"] = Field("classifier", description="what it learns")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: the space that epochs are chosen in decides what is trained."""
        section = config.embedding  # type: ignore[attr-defined]
        return cls(kind=config.choose_by.removeprefix("bins-"), **dict(section))  # type: ignore[arg-type]
