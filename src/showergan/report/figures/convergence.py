"""How fast methods get good: by steps of the generator, and by the clock."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.applicable import with_losses_over_epochs
from showergan.report.layout import legend_below, new_figure
from showergan.report.registry import WGAN_STUDY, register_figure
from showergan.report.runs import MEAN, groups, key
from showergan.report.style import Style

AXES = {"step": "Generator step", "seconds": "Seconds of training"}
LINES = 4  # metrics that are shown


@register_figure("Convergence by steps and by the clock", WGAN_STUDY, with_losses_over_epochs)
def convergence(style: Style, loss_meaning: pd.DataFrame) -> Figure:
    """Draw quality on test over generator steps and over seconds: thin lines are seeds, the thick line their mean.

    It ends where a seed has no value, for example because it diverged.
    Seconds are those of the whole training in proportion to its steps, on the machine that trained, with whatever else
    it did meanwhile.
    """
    titles = list(dict.fromkeys(loss_meaning["title"]))[:LINES]
    figure = new_figure(0.4 + 2.7 * len(titles))
    axes = figure.subplots(len(titles), len(AXES), sharey="row", sharex="col", squeeze=False)
    for line, title in zip(axes, titles, strict=True):
        for panel, x in zip(line, AXES, strict=True):
            for group in groups(style, loss_meaning[loss_meaning["title"] == title]):
                mean = group.rows.groupby("epoch")[[x, "value"]].mean(skipna=False)
                group.draw_seeds(panel, x, "value")
                group.draw(panel, mean, x, "value", **MEAN)
            panel.grid(axis="y")
        line[0].set_ylabel(title)
    for panel, label in zip(axes[-1], AXES.values(), strict=True):
        panel.set_xlabel(label)
    legend_below(figure, key(groups(style, loss_meaning)))
    return figure
