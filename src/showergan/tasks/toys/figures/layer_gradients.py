"""Gradients that reach the layers of deep discriminators, and their weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.report.applicable import with_several_losses
from showergan.report.artefacts import OF_NONE, Artefact, read_table
from showergan.report.layout import legend_below, new_figure
from showergan.report.registry import WGAN_STUDY, register_figure
from showergan.report.style import Style, look
from showergan.tasks.toys.drawing.names import constraint_name

OWN = {
    "gradients": Artefact(
        "gradients by layer: CSV of `fixed_generator`", read_table, names=OF_NONE
    ),
    "weights": Artefact(
        "histograms of weights: CSV of `fixed_generator`", read_table, names=OF_NONE
    ),
}


@register_figure("Gradients by layer and weights", WGAN_STUDY, with_several_losses, own=OWN)
def layer_gradients(style: Style, gradients: pd.DataFrame, weights: pd.DataFrame) -> Figure:
    """Draw, of discriminators with twelve hidden layers on the Swiss roll, gradients by layer, and weights.

    Above: the norm of the gradient of the loss with respect to each layer's activations. Below: the share of all
    weights in bins of equal width, 100 from the least to the largest.
    """
    names = list(dict.fromkeys(gradients["constraint"]))
    looks = {name: look(style.figures.palette, place) for place, name in enumerate(names)}
    figure = new_figure(6.4)
    grid = figure.add_gridspec(2, len(names), height_ratios=[1.6, 1])
    above = figure.add_subplot(grid[0, :])
    for name, rows in gradients.groupby("constraint", sort=False):
        finite = rows[np.isfinite(rows["log10_norm"])]
        above.plot(
            finite["layer"],
            finite["log10_norm"],
            color=looks[name].colour,
            marker=looks[name].marker,
            linestyle=looks[name].dashes,
            linewidth=1.8,
            label=constraint_name(str(name)),
        )
    above.set(xlabel="Hidden layer, 1 next to the points", ylabel=r"$\log_{10}$ norm of gradient")
    above.xaxis.set_major_locator(MaxNLocator(integer=True))
    for column, name in enumerate(names):
        panel, rows = figure.add_subplot(grid[1, column]), weights[weights["constraint"] == name]
        panel.stairs(
            rows["share"],
            [*rows["left"], rows["right"].iloc[-1]],
            fill=True,
            color=looks[name].colour,
        )
        panel.set_title(constraint_name(str(name)), fontsize="small")
        panel.set_xlabel("Weight")
        panel.set_yscale("log")
        if column == 0:
            panel.set_ylabel("Share of weights")
    handles, labels = above.get_legend_handles_labels()
    legend_below(figure, dict(zip(labels, handles, strict=True)))
    return figure
