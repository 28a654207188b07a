"""Comparison of methods: the baseline, the null method, and the level of tests."""

from pydantic import Field

from showergan.config.section import Name, Section

LEVEL = 0.05  # of tests; intervals have the probability 1 - LEVEL
FLOORS = 2.0  # of noise, up to which a mean difference is within it


class Compare(Section):
    """What all methods are compared with; without such a method a run has no verdicts."""

    baseline: Name = Field("sn", description="the method that all others are compared with")
    null_method: Name | None = Field(
        None,
        description="the method that differs from the baseline by noise alone, which is how large noise is; null: "
        "the one named like the baseline with _null behind, if there is one",
    )

    @property
    def null(self) -> str:
        """The name of the method that differs from the baseline by noise alone."""
        return self.null_method or f"{self.baseline}_null"
