"""How fast methods get good: by steps of the generator, and by the clock."""

from __future__ import annotations

from showergan.drawing.registry import WGAN_STUDY, register_figure
from showergan.drawing.runs import Group, groups, key
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.drawing.worth import with_several_losses
from showergan.heavy import mpl, pd

AXES = {"step": "Generator step", "seconds": "Seconds of training"}
LINES = 3  # metrics that are shown


@register_figure("Convergence by steps and by the clock", WGAN_STUDY, with_several_losses)
def convergence(style: Style, loss_meaning: pd.DataFrame) -> mpl.figure.Figure:
    """Draw quality on test over generator steps and over seconds: thin lines are seeds, the thick line their mean.

    Seconds are those of the whole training in proportion to its steps, on the machine that trained, with whatever else
    it did meanwhile.
    """
    titles = list(dict.fromkeys(loss_meaning["title"]))[:LINES]
    figure = new_figure(0.4 + 2.7 * len(titles))
    axes = figure.subplots(len(titles), len(AXES), sharey="row", sharex="col", squeeze=False)
    for line, title in zip(axes, titles, strict=True):
        for panel, x in zip(line, AXES, strict=True):
            for group in groups(style, loss_meaning[loss_meaning["title"] == title]):
                _draw(panel, group, x)
            panel.grid(axis="y", color="0.9", linewidth=0.8)
        line[0].set_ylabel(title)
    for panel, label in zip(axes[-1], AXES.values(), strict=True):
        panel.set_xlabel(label)
    legend_below(figure, *key(groups(style, loss_meaning)))
    return figure


def _draw(axes: mpl.axes.Axes, group: Group, x: str) -> None:
    for seed in group.seeds:
        axes.plot(seed[x], seed["value"], color=group.colour, linewidth=0.7, alpha=0.5)
    mean = group.rows.groupby("epoch")[[x, "value"]].mean()
    axes.plot(mean[x], mean["value"], color=group.colour, linestyle=group.dashes, linewidth=2.2)
