"""Generated points over real ones."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.io.hdf5 import opened_hdf5
from showergan.report.layout import Key, label_outer, legend_below, new_figure, panels, rows_of
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style
from showergan.report.texts import wrapped

COLUMNS = 4
REAL = "0.75"
# A circle shows what is in it: the real points of a mode may lie as close as 0.02.
MODE: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 9, "markerfacecolor": "none"}


def generated_points(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw points of each method (coloured) over real ones (grey), and the modes of their distribution (circles).

    All panels show the real points with a margin; the number of generated points beyond stands in the corner. Of
    several seeds the first is drawn, at the last evaluated epoch.
    """
    with opened_hdf5(reference) as file:
        real, modes = file["examples/point"][:], file["modes"][:]
    found = groups(style, at_chosen_rates(examples, grid))
    side_inch = 9.4 / min(max(len(found), 1), COLUMNS)
    figure = new_figure(0.4 + rows_of(len(found), COLUMNS) * (0.5 + side_inch))
    axes = panels(figure, len(found), COLUMNS, shared=True)
    low, high = real.min(axis=0), real.max(axis=0)
    low, high = low - 0.25 * (high - low), high + 0.25 * (high - low)
    for panel, group in zip(axes.flat, found, strict=False):
        points = group.seeds[0][["x", "y"]].to_numpy()
        panel.plot(*real.T, ".", color=REAL, markersize=2)
        panel.plot(*points.T, ".", color=group.colour, markersize=2.5, alpha=0.6)
        panel.plot(*modes.T, linestyle="", **MODE)
        panel.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel="x")
        panel.set_title(wrapped(group.label, 26))
        beyond = int((~((points >= low) & (points <= high)).all(axis=1)).sum())
        if beyond:
            panel.text(0.97, 0.03, f"{beyond} beyond", transform=panel.transAxes, ha="right")
    label_outer(axes, y="y")
    dots: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 5}
    key: Key = {"real": dots | {"color": REAL}}
    key |= {f"generated: {group.label}": dots | {"color": group.colour} for group in found}
    if len(modes):
        key["mode"] = MODE | {"linestyle": ""}
    legend_below(figure, key)
    return figure
