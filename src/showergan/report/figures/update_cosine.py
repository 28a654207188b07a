"""What a change of the discriminator does to the way its weights take."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.applicable import with_constraint
from showergan.report.layout import Key, empty_figure, legend_below, new_figure
from showergan.report.registry import TRAINING, register_figure
from showergan.report.style import Style, look


@register_figure("What a change of scale changes", TRAINING, with_constraint("spectral_norm"))
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
    left, right = figure.subplots(1, 2, sharex=True)
    key: Key = {}
    for place, change in enumerate(changes):
        rows = audit[audit["change"] == change].sort_values("step")
        colour, marker, dashes = look(style.figures.palette, place)
        key[change] = {"color": colour, "marker": marker, "linestyle": dashes, "linewidth": 2}
        left.plot(rows["step"], rows["cosine"], **key[change])
        # A difference of exactly 0 has no place on a logarithmic axis.
        difference = rows["relative_difference"]
        right.plot(rows["step"], difference.where(difference > 0), **key[change])
    left.axhline(1, color="0.85", linewidth=0.8, zorder=0)
    left.set_ylabel("Cosine of the weights' movements")
    right.set(yscale="log", ylabel="Relative difference of the movements")
    for panel in (left, right):
        panel.set_xlabel("Discriminator step, generator not trained")
    legend_below(figure, key)
    return figure
