"""Section `training`: settings of the training of the GANs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from showergan.config.architectures import Networks
from showergan.config.kinds import one_of
from showergan.config.methods import Composition
from showergan.config.networks import DiscriminatorNetwork
from showergan.config.optimisers import Optimiser, RMSprop
from showergan.config.section import Count, Section, Seed

BatchSize = Annotated[int, Field(ge=2, le=10**6, description="showers per step")]


class Schedule(Section):
    """Epochs first, first + every, first + 2 every, ..."""

    first: Count = 25
    every: Count = 5


def mixed_samples(discriminator: DiscriminatorNetwork, method: Composition) -> str | None:
    """Return what is wrong with a constraint on each sample's score where BatchNorm mixes the samples of a batch."""
    acting = [constraint.kind for constraint in method.constraints if constraint.per_sample]
    if not acting or not discriminator.mixes_samples:
        return None
    return (
        f"the constraint {acting[0]} is about the gradient of each sample's own score, which a {discriminator.kind} "
        "discriminator with BatchNorm does not have (Gulrajani et al. 2017, section 4): give the method "
        "normalisation: layer or none, or the discriminator another normalisation"
    )


class SharedTraining(Networks):
    """Settings of a training that methods and seeds share."""

    optimiser: one_of(Optimiser) = Field(  # type: ignore[valid-type]
        RMSprop(), description="of both networks, where a method has none of its own"
    )
    batch_size: BatchSize = 200
    epochs: Count = Field(150, description="passes of generator steps over the training showers")
    n_critic: Count = Field(5, le=1000, description="discriminator steps per generator step")
    record_every: Count = Field(10, description="generator steps between rows of history.csv")
    batches: Literal["shuffled", "replayed"] = Field(
        "shuffled",
        description="of the discriminator; shuffled: passes without replacement; replayed: as in the "
        "published code, one set of random batches per epoch, n_critic times over",
    )
    conditions: Literal["raw", "scaled"] = Field(
        "raw",
        description="of both networks; raw: as published, px, py, pz, x, y, angle, radius; scaled: px/pz, py/pz, "
        "ln|p| in place of the momentum, all standardised on the training set",
    )
    precision: Literal["float32", "bfloat16"] = Field(
        "float32",
        description="of the products in forward and backward passes; bfloat16: 8 bits of each factor; weights, "
        "their normalisation, losses, penalties and optimisers are float32 all the same",
    )
    warm_up: Count | None = Field(
        None, description="generator steps over which both learning rates rise linearly; null: none"
    )
    generator_average: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None,
        description="d of the average theta_avg = d theta_avg + (1 - d) theta over generator steps, "
        "which is then what is evaluated; null: the generator as trained",
    )


class Training(SharedTraining):
    """Training of the GANs: everything that all methods share."""

    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = Field(
        (1, 2), description="one training per method and seed"
    )
    evaluate: Schedule = Field(
        Schedule(), description="epochs at which the generator is kept for evaluation"
    )

    @property
    def evaluated_epochs(self) -> tuple[int, ...]:
        """Epochs at which the generator is kept."""
        return tuple(range(self.evaluate.first, self.epochs + 1, self.evaluate.every))

    @model_validator(mode="after")
    def _is_evaluated(self) -> Self:
        if self.evaluate.first > self.epochs:
            raise ValueError(
                f"evaluate.first = {self.evaluate.first} is after the last epoch, epochs = {self.epochs}"
            )
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds = {list(self.seeds)} names a seed twice")
        return self
