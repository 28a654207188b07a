"""The kernel distance of pictures."""

from __future__ import annotations

from collections.abc import Iterator

from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.metrics.physics_distance import kpd
from showergan.tasks.images.spaces import SPACES, embedded


def _rows(pair: Pair) -> Iterator[Row]:
    for space, (real, other) in embedded(pair).items():
        yield "kid", space, "all", kpd(real, other, seed=pair.seed, degree=3)


KID = Metric(
    name="kid",
    definition="squared maximum mean discrepancy of the features with the kernel (x.y / d + 1)^3, unbiased, the median "
    "over batches of at most 2 500: Bińkowski et al. 2018",
    rows=_rows,
    spaces=SPACES,
    # Unbiased, so that it may be negative, which is no merit.
    direction="target",
    best=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTANCES,
    place=2,
    shown={space: {"all": "kernel distance: {space}"} for space in SPACES},
)
