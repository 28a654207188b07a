"""Lines at the ends of a metric's scale: what real showers score, and what a generator should leave behind."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report.layout import Key

# Label, dashes, colour.
_LOOKS: dict[str, tuple[str, tuple[float, ...], str]] = {
    "ceiling": ("real against real (ceiling)", (5, 3), "black"),
    "other_real": ("other real samples (no ceiling)", (12, 3), "black"),
    "shuffled": ("real, conditions shuffled (floor)", (1, 1.5), "0.25"),
    "untrained": ("untrained generator (floor)", (5, 2, 1, 2), "0.55"),
}
# The same where no lines are: what a floor is, its place says.
REFERENCES = {name: label.removesuffix(" (floor)") for name, (label, *_) in _LOOKS.items()}


def look_of(anchor: Hashable) -> dict[str, Any]:
    """Return the look of the line of an anchor."""
    _, dashes, colour = _LOOKS[str(anchor)]
    return {"color": colour, "linestyle": (0, dashes), "linewidth": 1.1}


def anchor_scores(anchors: pd.DataFrame) -> pd.DataFrame:
    """Return PRD-AUC of the anchors (columns) by score (rows, for example bins-E)."""
    scores = scores_over_epochs(anchors).pivot_table("value", "score", "anchor")
    return scores[[name for name in _LOOKS if name in scores]]


def draw_anchors(axes: Axes, values: pd.DataFrame, row: str) -> None:
    """Draw a horizontal line for each anchor that has a value in a row of a table."""
    for name, column in values.items():
        if np.isfinite(value := column.get(row, np.nan)):
            axes.axhline(value, zorder=1, **look_of(name))


def anchor_key(names: Collection[Hashable]) -> Key:
    """Return the legend of some anchors."""
    return {label: look_of(name) for name, (label, *_) in _LOOKS.items() if name in names}
