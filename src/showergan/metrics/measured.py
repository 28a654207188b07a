"""A number and how well it is known."""

import math
from typing import NamedTuple


class Measured(NamedTuple):
    """A metric of two samples.

    Attributes:
        value: of the metric; NaN where it is undefined.
        sd: spread over repeats of what is random in the metric itself, such as clusterings or
            trainings; NaN where nothing is.
        event_sd: standard deviation over bootstrap samples of the events (Efron 1979).
        n: events per side behind the value.
    """

    value: float
    sd: float = math.nan
    event_sd: float = math.nan
    n: int = 0
