"""Recipes of all trainings: of GANs, with their audit and the description of their networks, and of embeddings."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from showergan.config.architectures import Networks
from showergan.config.methods import Composition, LearningRates
from showergan.config.recipes.recipe import Recipe
from showergan.config.section import Count, Place, Seed
from showergan.config.tasks import images, showers, toys
from showergan.config.training import BatchSize, SharedTraining, mixed_samples
from showergan.config.whole import Config

PUBLISHED = LearningRates(generator=1e-3, discriminator=1e-5)
# Keys of `training` that a recipe states otherwise.
_OTHERWISE = {"seeds", "evaluate", "optimiser", "n_critic", "generator", "discriminator"}


class Train(SharedTraining, Recipe):
    """Train one GAN: one method, one pair of learning rates, one seed."""

    version = 6

    seed: Seed
    learning_rates: LearningRates
    method: Composition
    evaluated_epochs: tuple[Annotated[int, Field(ge=0, le=10**6)], ...] = Field(
        description="at whose ends the generator is kept"
    )
    representation: dict[str, str] = Field(
        {},
        description="representation of samples as input and output of the networks; of showers the keys frame "
        "and energy of the section data",
    )

    @model_validator(mode="after")
    def _samples_stay_apart(self) -> Self:
        if wrong := mixed_samples(self.discriminator, self.method):
            raise ValueError(wrong)
        return self

    @classmethod
    def of(cls, config: Config, *, architecture: str, method: str, rates: str, seed: str) -> Self:  # type: ignore[override]
        """Return the recipe of an architecture, a method, one of its pairs of learning rates by name, and a seed."""
        pairs = {pair.name: pair for pair in config.learning_rates(method)}
        return cls(
            seed=int(seed),
            method=config.methods[method].composition,
            learning_rates=pairs[rates],
            optimiser=config.optimiser(method),
            n_critic=config.n_critic(method),
            **dict(config.networks(architecture, method)),
            evaluated_epochs=config.training.evaluated_epochs,
            representation=config.data.representation,
            **config.training.model_dump(exclude=_OTHERWISE),
        )


class Audit(Networks, Recipe):
    """Measure how far changes of the discriminator's scale change the direction of its training."""

    version = 5

    seed: Seed
    batch_size: BatchSize = 200
    learning_rates: LearningRates

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: its first architecture and seed, at the published learning rates."""
        return cls(
            seed=config.training.seeds.first,
            learning_rates=PUBLISHED,
            batch_size=config.training.batch_size,
            generator=config.first_networks.generator,
            discriminator=config.first_networks.discriminator,
        )


class Describe(Networks, Recipe):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    version = 2
    section = "first_networks"


class FixedGenerator(toys.FixedGenerator, Recipe):
    """Train discriminators while the generator stays fixed: their value surfaces, gradients and weights."""

    version = 1
    only_for = "toys"

    batch_size: Count = Field(256, description="points of each kind in a step")
    seed: Seed = Field(1, description="random seed")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: its first seed."""
        training, section = config.training, config.fixed_generator  # type: ignore[attr-defined]
        return cls(seed=training.seeds.first, batch_size=training.batch_size, **dict(section))


class TrainEmbedding(showers.Embedding, Recipe):
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""

    version = 2
    only_for = "showers"
    section = "embedding"


class TakeEmbedding(Recipe):
    """Take the embedding of the E metrics from a file that `train-embedding` wrote, and measure it."""

    version = 1
    only_for = "showers"
    section = "embedding"

    file: Place = Field(description="model.pt of another run")
    sha256: showers.Sha256 = Field(description="of it")

    @property
    def reads(self) -> tuple[Path, ...]:
        """The file."""
        return (Path(self.file),)


class TrainImageEmbedding(images.Embedding, Recipe):
    """Train the network in whose space images are measured: a classifier, or one half of an autoencoder."""

    version = 1
    only_for = "images"

    kind: Literal["classifier", "encoder"] = Field("classifier", description="what it learns")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: the space that epochs are chosen in decides what is trained."""
        section = config.embedding  # type: ignore[attr-defined]
        return cls(kind=config.choose_by.removeprefix("bins-"), **dict(section))  # type: ignore[arg-type]
