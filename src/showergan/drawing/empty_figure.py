"""What takes the place of a figure that has nothing to show."""

from __future__ import annotations

from showergan.drawing.style import new_figure, wrapped
from showergan.heavy import mpl


def empty_figure(reason: str) -> mpl.figure.Figure:
    """Return a figure that says in words why it is empty: a run without such methods is no failure."""
    figure = new_figure(2.2)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.text(
        0.5,
        0.5,
        wrapped(reason, 56),
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize="large",
        color="0.35",
        linespacing=1.5,
    )
    return figure
