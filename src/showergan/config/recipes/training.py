"""Recipes of what is trained for every task: data set, GAN, audit of scales, table of layers."""

from pathlib import Path
from typing import Any, Self

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from showergan.config.architectures import Networks
from showergan.config.data import Data
from showergan.config.methods import LearningRates
from showergan.config.recipes.recipe import Recipe
from showergan.config.section import Name
from showergan.config.training import AuditRecipe, TrainingRecipe
from showergan.config.validation import validated
from showergan.config.whole import Config
from showergan.tasks.found import DEFAULT, named

PUBLISHED = LearningRates(generator=1e-3, discriminator=1e-5)
# Keys of `training` that a recipe states otherwise.
_OTHERWISE = {"seeds", "evaluate", "optimiser", "n_critic", "generator", "discriminator"}


class MakeData(Recipe):
    """Write the data set of a task, with its split, from the section `data` of the configuration."""

    name = "make_data"
    version = 1

    task: Name = Field(DEFAULT, description="what the samples are")
    data: SerializeAsAny[Data]

    @field_validator("data", mode="wrap")
    @classmethod
    def _of_the_task(cls, raw: Any, _: Any, found: ValidationInfo) -> Data:
        """Read the value as the task's section `data`."""
        task = named(found.data.get("task", DEFAULT), "The recipe")
        return raw if isinstance(raw, task.data) else validated(task.data, raw, "section data")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run."""
        return cls(task=config.task, data=config.data)

    @property
    def reads(self) -> tuple[Path, ...]:
        """The files and folders that the data are made of."""
        return tuple(map(Path, self.data.files))


class Train(TrainingRecipe, Recipe):
    """Train one GAN: one method, one pair of learning rates, one seed."""

    name = "train"
    version = 4

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


class Audit(AuditRecipe, Recipe):
    """Measure how far changes of the discriminator's scale change the direction of its training."""

    name = "audit"
    version = 3

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: its first architecture and seed, at the published learning rates."""
        return cls(
            seed=config.training.seeds[0],
            learning_rates=PUBLISHED,
            batch_size=config.training.batch_size,
            generator=config.first_networks.generator,
            discriminator=config.first_networks.discriminator,
        )


class Describe(Networks, Recipe):
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""

    name = "describe"
    version = 1

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run, of its first architecture."""
        networks = config.first_networks
        return cls(generator=networks.generator, discriminator=networks.discriminator)
