"""What went wrong with a sample, told by one of its numbers."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Failure:
    """A way to go wrong.

    Attributes:
        name: for readers.
        metric: whose value tells.
        space: that the metric looks at, of the whole sample.
        over: what the value is divided by: 1; real, its value for real samples; n, the size of the sample.
        above: it went wrong above this.
        below: or below this.
        column: for the number in failures.csv; empty where it is a count, which has a column of its own.
    """

    name: str
    metric: str
    space: str
    over: Literal["1", "real", "n"] = "1"
    above: float = float("inf")
    below: float = float("-inf")
    column: str = ""

    def happened(self, number: float) -> bool:
        """Return whether a number is beyond its bounds; what is not a number is not."""
        return number > self.above or number < self.below
