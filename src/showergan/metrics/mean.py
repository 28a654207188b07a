"""The mean of each quantity of a sample."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from showergan.metrics.measured import Measured
from showergan.metrics.metric import QUANTITY, Asked, Metric, Part, Row
from showergan.metrics.pair import Pair


def mean(values: NDArray[np.floating]) -> Measured:
    """Return the mean of values, (n,); those not finite are left out of n."""
    defined = values[np.isfinite(values)]
    n = len(defined)
    if n < 2:
        return Measured(defined.mean() if n else np.nan, n=n)
    # The closed form of the bootstrap of a mean.
    return Measured(float(defined.mean()), event_sd=float(defined.std() / np.sqrt(n)), n=n)


def _rows(pair: Pair) -> Iterator[Row]:
    for name, values in pair.other.quantities.items():
        yield "mean", name, "all", mean(values)


MEAN = Metric(
    name="mean",
    definition="mean over the generated sample",
    rows=_rows,
    spaces=(QUANTITY,),
    direction="target",
    best=None,
    unit="that of the quantity",
    asked=Asked.COURSE,
    part=Part.QUANTITIES,
    place=30,
)
