"""What a change of the discriminator does to the way its weights take."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.rendering.nothing import nothing
from showergan.rendering.runs import DASHES
from showergan.rendering.style import Style, legend_below, new_figure, themed


@themed
def update_cosine(style: Style, table: pd.DataFrame) -> Figure:
    """Draw how the movement of all weights since the start compares with that without the change.

    The discriminator alone is trained, for the few steps of the table: no whole training is compared.

    Left the cosine between the two, 1 where the change does nothing; right the length of their difference relative
    to the unchanged movement, on a logarithmic axis.

    Args:
        style: of all figures.
        table: columns change, step, cosine and relative_difference.
    """
    changes = list(dict.fromkeys(table["change"]))
    if not changes:
        return nothing("No change of the discriminator was compared in this run.")
    figure = new_figure(3.9)
    left, right = figure.subplots(1, 2, sharex=True)
    handles = []
    palette = sns.color_palette(style.look.palette, len(changes))
    for i, (change, colour) in enumerate(zip(changes, palette, strict=True)):
        rows = table[table["change"] == change].sort_values("step")
        dashes = DASHES[i % len(DASHES)]  # lines that lie on each other can still be told apart
        marker = "." if len(rows) == 1 else ""
        for panel, column in ((left, "cosine"), (right, "relative_difference")):
            panel.plot(
                rows["step"],
                # A difference of exactly 0 has no place on a logarithmic axis.
                rows[column].where(rows[column] > 0) if panel is right else rows[column],
                color=colour,
                linestyle=dashes,
                linewidth=2,
                marker=marker,
            )
        handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=2))
    left.axhline(1, color="0.85", linewidth=0.8, zorder=0)
    left.set_ylabel("Cosine of the weights' movements")
    right.set_yscale("log")
    right.set_ylabel("Relative difference of the movements")
    for panel in (left, right):
        panel.set_xlabel("Discriminator step, generator not trained")
    legend_below(figure, handles, changes)
    return figure
