"""Modes of a mixture of Gaussians that are found, and how many points lie near one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from showergan.metrics.metric import Asked, Metric, Part, Row
from showergan.metrics.pair import Pair
from showergan.tasks.toys.modes import modes_found, share_near_a_mode

if TYPE_CHECKING:
    from showergan.tasks.toys.yardstick import PlaneYardstick

SPACE = "plane"


def _rows(pair: Pair) -> Iterator[Row]:
    yardstick = cast("PlaneYardstick", pair.yardstick)
    if len(yardstick.modes):
        seen = pair.other.spaces[SPACE], yardstick.modes, yardstick.mode_sd
        yield "modes_found", SPACE, "all", modes_found(*seen)
        yield "near_a_mode", SPACE, "all", share_near_a_mode(*seen)


MODES_FOUND = Metric(
    name="modes_found",
    definition="modes that get at least a quarter of their fair share of all points, within 4 sd",
    rows=_rows,
    spaces=(SPACE,),
    direction="higher",
    best=None,
    worst=0,
    asked=Asked.COURSE,
    part=Part.DISTRIBUTIONS,
    place=40,
    shown={SPACE: {"all": "modes found"}},
)
NEAR_A_MODE = Metric(
    name="near_a_mode",
    definition="share of points within 4 sd of a mode",
    rows=_rows,
    spaces=(SPACE,),
    direction="higher",
    best=1,
    worst=0,
    asked=Asked.COURSE,
    part=Part.DISTRIBUTIONS,
    place=41,
    shown={SPACE: {"all": "share near a mode"}},
)
