"""Trained multipliers: whose they are, and their lines over the steps of training."""

from __future__ import annotations

from showergan.drawing.runs import Group
from showergan.drawing.style import Colour
from showergan.heavy import mpl

OFFSET = (0, (8, 2, 1, 2, 1, 2))  # a look that no method has

TOTAL = "multiplier"
EACH = "multiplier_"


def method_of(group: Group) -> str:
    """Return the method of a group."""
    return str(group.rows["method"].iloc[0])


def layers_of(group: Group) -> list[str]:
    """Return the layers that have a multiplier of their own, in the order of the network."""
    recorded = group.rows.columns[group.rows.notna().any()].astype(str)
    return [name.removeprefix(EACH) for name in recorded if name.startswith(EACH)]


def draw_seeds(axes: mpl.axes.Axes, group: Group, column: str, colour: Colour) -> None:
    """Draw a column of the histories, a line per seed."""
    for seed in group.seeds:
        axes.plot(
            seed["step"], seed[column], color=colour, linestyle=group.dashes, linewidth=1, alpha=0.8
        )


def draw_offset(axes: mpl.axes.Axes, value: float, colour: Colour | str) -> None:
    """Draw the offset of a penalty, with its value."""
    axes.axhline(value, color=colour, linestyle=OFFSET, linewidth=1, zorder=1)
    # In the margin on the right, where no data are.
    axes.annotate(
        f"{value:g}",
        (1, value),
        xycoords=axes.get_yaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        fontsize="small",
    )
