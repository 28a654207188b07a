"""Modes of a mixture of Gaussians that are found, and how many points lie near one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.tasks.toys.modes import modes_found, share_near_a_mode
from showergan.tasks.toys.points import PLANE

if TYPE_CHECKING:
    from showergan.tasks.toys.reference_statistics import PlaneReferenceStatistics


def _rows(pair: Pair) -> Iterator[Row]:
    reference_statistics = cast("PlaneReferenceStatistics", pair.reference_statistics)
    if len(reference_statistics.modes):
        seen = pair.other.spaces[PLANE], reference_statistics.modes, reference_statistics.mode_sd
        yield "modes_found", PLANE, "all", modes_found(*seen)
        yield "near_a_mode", PLANE, "all", share_near_a_mode(*seen)


MODES_FOUND = Metric(
    name="modes_found",
    definition="modes that get at least a quarter of their fair share of all points, within 4 sd",
    rows=_rows,
    spaces=(PLANE,),
    direction="higher",
    best=None,
    worst=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=40,
    shown={PLANE: {"all": "modes found"}},
)
NEAR_A_MODE = Metric(
    name="near_a_mode",
    definition="share of points within 4 sd of a mode",
    rows=_rows,
    spaces=(PLANE,),
    direction="higher",
    best=1,
    worst=0,
    stage=Stage.EVERY_EPOCH,
    part=Part.DISTRIBUTIONS,
    place=41,
    shown={PLANE: {"all": "share near a mode"}},
)
