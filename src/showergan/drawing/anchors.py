"""Lines at the ends of a metric's scale: what real showers score, and what a generator should leave behind."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from showergan import comparison
from showergan.heavy import mpl, np, pd


class Look(NamedTuple):
    """How an anchor is drawn and named."""

    label: str
    dashes: tuple[int, tuple[float, ...]]
    colour: str


LOOKS = {
    "ceiling": Look("real against real (ceiling)", (0, (5, 3)), "black"),
    "other_real": Look("other real samples (no ceiling)", (0, (12, 3)), "black"),
    "shuffled": Look("real, conditions shuffled (floor)", (0, (1, 1.5)), "0.25"),
    "untrained": Look("untrained generator (floor)", (0, (5, 2, 1, 2)), "0.55"),
}
# The same where no lines are: what a floor is, its place says.
REFERENCES = {name: look.label.removesuffix(" (floor)") for name, look in LOOKS.items()}


def anchor_scores(anchors: pd.DataFrame) -> pd.DataFrame:
    """Return PRD-AUC of the anchors (columns) by score (rows, for example bins-E)."""
    return comparison.scores_over_epochs(anchors).pivot_table("value", "score", "anchor")


def draw_anchors(axes: mpl.axes.Axes, values: pd.DataFrame, row: str) -> None:
    """Draw a horizontal line for each anchor that has a value in a row of a table."""
    for name, look in LOOKS.items():
        value = values[name].get(row, np.nan) if name in values else np.nan
        if np.isfinite(value):
            axes.axhline(value, color=look.colour, linestyle=look.dashes, linewidth=1.1, zorder=1)


def draw_curve(axes: mpl.axes.Axes, curve: pd.DataFrame, name: str) -> None:
    """Draw the precision-recall curve of an anchor."""
    look = LOOKS[name]
    axes.plot(
        curve["recall"],
        curve["precision"],
        color=look.colour,
        linestyle=look.dashes,
        linewidth=1.1,
        zorder=1,
    )


def anchor_key(names: Iterable[Hashable]) -> tuple[list[mpl.lines.Line2D], list[str]]:
    """Return handles and labels of some anchors, for a legend."""
    looks = [look for name, look in LOOKS.items() if name in set(names)]
    lines = [
        mpl.lines.Line2D([], [], color=k.colour, linestyle=k.dashes, linewidth=1.1) for k in looks
    ]
    return lines, [look.label for look in looks]
