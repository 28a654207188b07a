"""Residuals: conditions predicted from showers by the embedding network, minus the true ones."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from showergan.metrics.measured import Measured, bootstrap_weights, mean_relative_difference
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.tasks.showers.sample import CONDITIONS


def root_mean_square(residuals: ArrayLike, *, seed: int) -> Measured:
    """Measure the root mean square of residuals, (n,), in their own unit; those not finite are left out of n."""
    values = np.asarray(residuals, dtype=np.float64)
    squares = values[np.isfinite(values)] ** 2
    n = len(squares)
    if n == 0:
        return Measured(np.nan)
    drawn = np.sqrt(bootstrap_weights(n, np.random.default_rng(seed)) @ squares / n)
    return Measured(float(np.sqrt(squares.mean())), event_sd=float(drawn.std(ddof=1)), n=n)


def _rows(pair: Pair) -> Iterator[Row]:
    real, other = (
        [root_mean_square(column, seed=pair.seed) for column in sample.own["residuals"].T]
        for sample in (pair.real, pair.other)
    )
    for name, value in zip(CONDITIONS, other, strict=True):
        yield "residual_rms", name, "all", value
    pairs = [(o, r) for o, r in zip(other, real, strict=True) if r.n]
    if pairs:
        error = mean_relative_difference(*zip(*pairs, strict=True))
        yield "residual_error", "conditions", "all", error


_metric = partial(
    Metric,
    rows=_rows,
    needs=frozenset({"embedding"}),
    stage=Stage.EVERY_EPOCH,
    part=Part.QUANTITIES,
)
RESIDUAL_RMS = _metric(
    name="residual_rms",
    definition="root mean square of conditions read back from the shower by the embedding network, minus the true ones",
    spaces=CONDITIONS,
    direction="target",
    best=None,
    unit="GeV or cm",
    place=50,
)
RESIDUAL_ERROR = _metric(
    name="residual_error",
    definition="mean over the conditions that differ of |rms / real - 1|",
    spaces=("conditions",),
    direction="lower",
    best=0,
    place=51,
    shown={"conditions": {"all": "condition error"}},
)
