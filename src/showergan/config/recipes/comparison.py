"""Recipes of the steps that compare the trainings of a run."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat

from showergan.config.evaluation import FLOORS, LEVEL, Claim, ScoreName
from showergan.config.kinds import one_of
from showergan.config.losses import Loss
from showergan.config.recipes.recipe import Recipe
from showergan.config.section import Count, Name, Section, Seed
from showergan.config.tasks.found import DEFAULT
from showergan.config.whole import Config

Fraction = Annotated[float, Field(ge=0, le=1)]


class Choose(Recipe):
    """Say which of the learning rates that were tried stand for a method."""

    version = 1

    choose_by: ScoreName = Field(
        description="score whose mean over seeds chooses learning rates where no pair is a method's own"
    )
    own_learning_rates: dict[str, str] | None = Field(
        None, description="the name of each method's own pair; null: `choose_by` chooses"
    )


class Summarise(Recipe):
    """Gather all runs into one row per run and score."""

    version = 6


class Scorecard(Recipe):
    """Judge every run by every metric at its chosen epoch; count failures, and agreement between metrics."""

    version = 3

    task: Name = Field(DEFAULT, description="whose metrics judge")
    choose_by: ScoreName = Field(description="score on select that chooses the epoch")


class Tests(Section):
    """How methods are compared."""

    baseline: str = Field(description="the method that all others are compared with")
    null: str = Field(description="the method that differs from it by noise alone")
    column: Literal["selected", "mean", "max", "last"] = Field(
        "selected", description="of the summary, what is compared; max was chosen on test"
    )
    level: float = Field(LEVEL, gt=0, lt=1, description="of the tests and, from 1, of intervals")
    floors: PositiveFloat = Field(
        FLOORS, description="of noise, up to which a mean difference is within it"
    )
    margins: dict[ScoreName, PositiveFloat] = Field({}, description="of equivalence, by score")
    positions: tuple[ScoreName, ...] = Field(
        (), description="metrics of the scorecard to compare by, besides scores"
    )
    resamples: Count = Field(10_000, description="of permutations")
    seed: Seed = Field(0, description="random seed of these")


class Verdicts(Tests, Recipe):
    """Test every method against a baseline over seeds, rank all; measure the influence of learning rates."""

    version = 6
    section = "compare"


class Claims(Tests, Recipe):
    """Test claims about pairs of methods, and what a protocol of a few seeds and their best epoch would have said."""

    version = 3
    section = "compare"

    claims: dict[Name, Claim] = Field(description="to test")
    seeds: Count = Field(5, description="of each method in the protocol")
    draws: Count = Field(2000, description="of these seeds")


class Acceptance(Recipe):
    """Check the acceptance criteria of a run, without which a comparison of its methods says little."""

    version = 3

    bounded: tuple[str, ...] = Field(description="the methods that the criteria are for")
    fewest: Count = Field(description="showers that every bin needs")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run: the criteria are for methods with spectral normalisation."""
        kinds = {n: getattr(m.normaliser, "kind", None) for n, m in config.sorted_methods.items()}
        return cls(
            bounded=tuple(name for name, kind in kinds.items() if kind == "spectral_norm"),
            fewest=config.evaluation.events_per_cluster * config.evaluation.clusters,
        )


class Outcomes(Recipe):
    """Find the failures of each method, and count the architectures on which only one of two methods succeeds."""

    version = 2

    choose_by: ScoreName = Field(description="score that counts")
    failed_below: Fraction = Field(0.2, description="of the ceiling, that a success reaches")
    thresholds: tuple[Fraction, ...] = Field(
        (0.1, 0.3, 0.5, 0.7, 0.9), description="of the ceiling, to count successes at"
    )


class LossMeaning(Recipe):
    """Compare the discriminator's loss, read as a distance to real samples, with the scores over the training."""

    version = 2

    task: Name = Field(DEFAULT, description="whose metrics say what quality is")
    losses: dict[str, one_of(Loss)] = Field(description="of each method")  # type: ignore[valid-type]

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the recipe of a run."""
        return cls(task=config.task, losses={n: m.loss for n, m in config.sorted_methods.items()})
