"""The exact distance of optimal transport."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from showergan.metrics.metric import Asked, Metric, Part, Row
from showergan.metrics.pair import Pair
from showergan.metrics.transport import wasserstein_2
from showergan.tasks.toys.points import PLANE


def _rows(pair: Pair) -> Iterator[Row]:
    real, other = (sample.spaces[PLANE] for sample in (pair.real, pair.other))
    finite = other[np.isfinite(other).all(axis=1)]
    yield "wasserstein_2", PLANE, "all", wasserstein_2(real, finite, seed=pair.seed)


WASSERSTEIN_2 = Metric(
    name="wasserstein_2",
    definition="exact 2-Wasserstein distance of at most 1 000 points a side: Peyré & Cuturi 2019",
    rows=_rows,
    spaces=(PLANE,),
    direction="lower",
    best=0,
    asked=Asked.COURSE,
    part=Part.DISTANCES,
    place=1,
    shown={PLANE: {"all": "W2"}},
)
