"""Scores of the generators, and comparisons of methods by them."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from showergan.config.section import Count, Name, Section, Seed

LEVEL = 0.05  # of tests; intervals have the probability 1 - LEVEL
FLOORS = 2.0  # of noise, up to which a mean difference is within it

# PRD-AUC of a space, or its mean over bins; the task says which there are.
ScoreName = Annotated[str, Field(min_length=1)]


class Partition(Section):
    """Bins of the entry point."""

    kind: Literal["rectangles", "quantiles"] = Field(
        "rectangles", description="equal rectangles of the training rectangle, or equal counts"
    )
    bins: tuple[Count, Count] = Field((3, 3), description="bins in x and in y")


class Evaluation(Section):
    """Scores of the generators."""

    clusters: int = Field(
        20, ge=2, le=10_000, description="K of k-means; the published models used 50"
    )
    repeats: int = Field(10, ge=2, le=10_000, description="fresh k-means runs per value")
    events_per_cluster: Count = Field(
        10, description="bins with fewer than this times K events are flagged"
    )
    partition: Partition = Field(
        Partition(), description="bins of the entry point, in which scores are conditional"
    )
    statistics: Literal["corrected", "published"] = Field(
        "corrected",
        description="form of the physics statistics: corrected, with the impact point at the depth "
        "of the energy of the real training showers, or published, at 25 cm",
    )
    conditions: Literal["independent", "same"] = Field(
        "independent",
        description="particles that generators are scored with; independent: those of another real "
        "sample (on test those of select, on select those of training), so that real against real "
        "showers is their exact ceiling; same: as published, those of the real showers themselves",
    )
    generator_mode: Literal["running", "batch"] = Field(
        "running",
        description="BatchNorm of a generator under evaluation: running statistics, or those of "
        "batches of 64 as in the published code",
    )
    empty_bins: Literal["nan", "zero"] = Field(
        "nan",
        description="bins without events: left out of the mean, or 0 as in the published code",
    )
    invalid_rows: Literal["cluster", "drop"] = Field(
        "cluster",
        description="features that are not numbers: a cluster of their own, or dropped as in the "
        "published code",
    )
    seed: Seed = Field(1, description="random seed")


class Claim(Section):
    """A claim that one method is better than another."""

    says: str = Field(description="the claim, in a sentence")
    method: Name = Field(description="the method that it says is better")
    than: Name = Field(description="the method that it is compared with")


# Epochs whose scores methods are compared by, as figures and the report say it.
EPOCHS = {
    "selected": "epoch chosen on select",
    "mean": "mean over epochs",
    "last": "last epoch",
    "max": "epoch best on test",
}


class Compare(Section):
    """The baseline of all comparisons; without this method a run has no verdicts."""

    baseline: Name = Field("sn", description="the method that all others are compared with")
    null_method: Name | None = Field(
        None,
        description="the method that differs from the baseline by noise alone, which is how large noise is; null: "
        "the one named like the baseline with _null behind, if there is one",
    )
    column: Literal["selected", "mean", "last"] = Field(
        "selected",
        description="which epochs a score is of: selected: the one that is best on select; mean: all that were "
        "evaluated, whose mean varies less; last: the last one",
    )
    margins: dict[ScoreName, PositiveFloat] = Field(
        {},
        description="by score, the size up to which a difference does not matter, stated before the run: methods that "
        "differ by less are equivalent; of an area that of its score",
    )
    positions: tuple[ScoreName, ...] = Field(
        (),
        description="metrics, by their titles in the scorecard, whose position between the worst and real samples is "
        "compared as scores are; its score is called 'position: ' and the title",
    )

    claims: dict[Name, Claim] = Field(
        {}, description="claims to test, each by its two methods, whatever the baseline"
    )

    @property
    def null(self) -> str:
        """The name of the method that differs from the baseline by noise alone."""
        return self.null_method or f"{self.baseline}_null"
