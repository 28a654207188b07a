"""Effect of a change of the discriminator on the movement of its weights."""

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.layout import Key, empty_figure, label_outer, legend_below, new_figure
from showergan.report.style import Style, line


def update_cosine(style: Style, audit: pd.DataFrame) -> Figure:
    """Draw how the movement of all weights since the start compares with that without the change.

    The discriminator alone is trained, for the few steps of the table: no whole training is compared.

    Left the cosine between the two, 1 where the change does nothing; right the length of their difference relative
    to the unchanged movement, on a logarithmic axis.
    """
    changes = list(dict.fromkeys(audit["change"]))
    if not changes:
        return empty_figure("No change of the discriminator was compared in this run.")
    figure = new_figure(3.9)
    axes = figure.subplots(1, 2, sharex=True, squeeze=False)
    left, right = axes.flat
    right.set_yscale("log")  # before there are values: an axis of none but NaN cannot be made so
    key: Key = {}
    for place, change in enumerate(changes):
        rows = audit[audit["change"] == change].sort_values("step")
        colour, marker, dashes = line(style.figures.palette, place)
        key[change] = {"color": colour, "marker": marker, "linestyle": dashes, "linewidth": 2}
        left.plot(rows["step"], rows["cosine"], **key[change])
        # A difference of exactly 0 has no place on a logarithmic axis.
        difference = rows["relative_difference"]
        right.plot(rows["step"], difference.where(difference > 0), **key[change])
    left.axhline(1, color="0.85", linewidth=0.8, zorder=0)
    left.set_ylabel("Cosine of the weights' movements")
    right.set_ylabel("Relative difference of the movements")
    label_outer(axes, "Discriminator step, generator not trained")
    legend_below(figure, key)
    return figure
