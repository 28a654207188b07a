"""The methods to compare."""

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, model_validator

from showergan.config.constraints import Constraint, Controller, Multiplier, Normaliser, Penalty
from showergan.config.kinds import one_of
from showergan.config.losses import Loss, Wasserstein
from showergan.config.optimisers import Optimiser
from showergan.config.section import Count, Line, Name, Section


class LearningRates(Section):
    """Learning rates of the two optimisers."""

    generator: PositiveFloat = Field(description="of its optimiser")
    discriminator: PositiveFloat = Field(description="of its optimiser")

    @property
    def name(self) -> str:
        """The pair as it stands in paths, for example `0.001_1e-05`: short, but no two rates have one name."""
        return "_".join(map(_shortest, (self.generator, self.discriminator)))


def _shortest(rate: float) -> str:
    return short if float(short := f"{rate:g}") == rate else repr(rate)


class Pairs(Section):
    """A section that names pairs of learning rates, none of them twice."""

    @property
    def pairs(self) -> list[LearningRates]:
        """All pairs that the section names."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _no_pair_twice(self) -> Self:
        names = Counter(pair.name for pair in self.pairs)
        if twice := [name for name, count in names.items() if count > 1]:
            raise ValueError(f"names a pair of learning rates twice: {', '.join(twice)}")
        return self


class LearningRateSearch(Pairs):
    """A grid of learning rates, the same for every method."""

    generator: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)] = Field(
        description="rates of its optimiser, each with every one of the discriminator"
    )
    discriminator: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)] = Field(
        description="rates of its optimiser"
    )

    @property
    def pairs(self) -> list[LearningRates]:
        """All pairs of the grid."""
        return [
            LearningRates(generator=g, discriminator=d)
            for g in self.generator
            for d in self.discriminator
        ]


class Composition(Section):
    """A loss and the constraints on the discriminator."""

    loss: one_of(Loss) = Field(  # type: ignore[valid-type]
        Wasserstein(), description="gan: non-saturating; least_squares: LSGAN"
    )
    normaliser: one_of(Normaliser) | None = Field(  # type: ignore[valid-type]
        None, description="bounds the weights of the discriminator, or its output; null: none"
    )
    multiplier: one_of(Multiplier) | None = Field(  # type: ignore[valid-type]
        None, description="scales what is normalised; null: none"
    )
    penalty: one_of(Penalty) | None = Field(  # type: ignore[valid-type]
        None, description="a term of the discriminator's loss; null: none"
    )
    controller: one_of(Controller) | None = Field(  # type: ignore[valid-type]
        None, description="moves the bound while the networks train; null: none"
    )

    @property
    def constraints(self) -> list[Constraint]:
        """The constraints in the order in which they attach and act."""
        found = (self.normaliser, self.multiplier, self.penalty, self.controller)
        return [c for c in found if c is not None]


class Method(Pairs, Composition):
    """One way of training, and its name."""

    label: Line = Field(description="name in figures and tables")
    optimiser: one_of(Optimiser) | None = Field(  # type: ignore[valid-type]
        None, description="of both networks; null: that of training"
    )
    n_critic: Annotated[Count, Field(le=1000)] | None = Field(
        None, description="discriminator steps per generator step; null: that of training"
    )
    normalisation: Literal["layer", "none"] | None = Field(
        None, description="in place of the BatchNorm of a discriminator that has it; null: as it is"
    )
    architectures: tuple[Name, ...] | None = Field(
        None, description="names of architectures to train it on; null: on all"
    )
    learning_rates: LearningRates | None = Field(
        None,
        description="the method's own pair, which tables, verdicts and ranks are about; needed without "
        "learning_rate_search, and null with it",
    )
    further_learning_rates: tuple[LearningRates, ...] = Field(
        (),
        description="pairs to train besides its own, for the figures that compare learning rates",
    )

    @property
    def pairs(self) -> list[LearningRates]:
        """All pairs that the method names, its own first."""
        own = [self.learning_rates] if self.learning_rates else []
        return [*own, *self.further_learning_rates]

    @property
    def composition(self) -> Composition:
        """The loss and the constraints, without name and learning rates."""
        return Composition(**{key: getattr(self, key) for key in Composition.model_fields})
