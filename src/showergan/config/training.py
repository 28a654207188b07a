"""Section `training`: settings of the training of the GANs."""

from collections import Counter
from itertools import chain
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, TypeAdapter, model_validator

from showergan.config.architectures import Networks
from showergan.config.kinds import one_of
from showergan.config.methods import Composition
from showergan.config.networks import DiscriminatorNetwork
from showergan.config.optimisers import Optimiser, RMSprop
from showergan.config.section import Count, Section, Seed

BatchSize = Annotated[int, Field(ge=2, le=10**6, description="showers per step")]


class Schedule(Section):
    """Epochs first, first + every, first + 2 every, ..."""

    first: Count = Field(25, description="the first of them")
    every: Count = Field(5, description="epochs from one to the next")


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


# A list in JSON, as its values are read before `Seeds` sees them, is no tuple yet.
ManySeeds = Annotated[tuple[Seed, ...], Field(strict=False)]


class Seeds(Section):
    """Random seeds of the trainings; a plain list are those that test.

    A method that is tested on the seeds that chose its learning rates looks better than it is: the best of several
    means owes a part to chance.
    """

    choose: ManySeeds = Field(
        (), description="that learning_rate_search chooses with, at every pair; none without it"
    )
    test: ManySeeds = Field(
        description="that methods are compared with: after a search at the chosen pair alone"
    )
    baseline: ManySeeds = Field(
        (), description="the same, of the baseline alone, which every comparison rests on"
    )
    baseline_choose: ManySeeds = Field(
        (),
        description="more that choose, of the baseline alone: comparisons over all rates rest on these",
    )

    @property
    def first(self) -> int:
        """The first of the seeds that every method is trained with at all its pairs."""
        return (self.choose or self.test)[0]

    @model_validator(mode="before")
    @classmethod
    def _list_tests(cls, given: Any) -> Any:
        return given if isinstance(given, dict | Seeds) else {"test": given}

    @model_validator(mode="after")
    def _is_apart(self) -> Self:
        if not self.test:
            raise ValueError("test = []: give at least one seed")
        given = Counter(
            chain.from_iterable(getattr(self, name) for name in type(self).model_fields)
        )
        if twice := [str(seed) for seed, n in given.items() if n > 1]:
            raise ValueError(
                f"names a seed twice: {', '.join(twice)}; each key needs seeds of its own"
            )
        return self


class _OrList:
    """Mark of a field that takes a list of seeds, too: for the schema."""

    def __get_pydantic_json_schema__(
        self, core_schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(core_schema), TypeAdapter(ManySeeds).json_schema()]}


class Training(SharedTraining):
    """Training of the GANs: everything that all methods share."""

    seeds: Annotated[Seeds, _OrList()] = Field(
        Seeds(test=(1, 2)), description="one training per method and seed"
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
        return self
