"""Quantities of training: losses and the discriminator's Lipschitz bound."""

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.layout import label_outer, new_figure
from showergan.report.runs import at_chosen_rates, groups, scale_for
from showergan.report.style import Style

QUANTITIES = {
    "discriminator_loss": "Discriminator loss",
    "generator_loss": "Generator loss",
    "lipschitz_bound": "Lipschitz bound",
}
SMOOTHED = 0.05  # of a run, in the running median


def losses(style: Style, histories: pd.DataFrame, grid: pd.DataFrame) -> Figure:
    """Draw quantities of training over generator steps: rows are methods, columns quantities.

    Pale lines are the recorded values of each seed, strong lines their running medians over a twentieth of the run.
    Every panel has its own scale, since methods differ by orders of magnitude; where the Lipschitz bound varies by
    more than a factor of 30 its scale is logarithmic.
    """
    found = groups(style, at_chosen_rates(histories, grid))
    figure = new_figure(0.8 + 1.95 * max(len(found), 1))
    axes = figure.subplots(max(len(found), 1), len(QUANTITIES), sharex=True, squeeze=False)
    for line, group in zip(axes, found, strict=False):
        for panel, (column, label) in zip(line, QUANTITIES.items(), strict=True):
            for seed in group.seeds:
                window = max(round(SMOOTHED * len(seed)), 1)
                smooth = seed[column].rolling(window, center=True, min_periods=1).median()
                colour = {"color": group.colour}
                panel.plot(seed["step"], seed[column], alpha=0.25, linewidth=0.6, **colour)
                panel.plot(seed["step"], smooth, linewidth=1.4, **colour)
            panel.set_ylabel(label)
            panel.ticklabel_format(axis="y", scilimits=(-3, 4), useMathText=True)
        scale_for(line[-1], group.rows["lipschitz_bound"])
        line[0].set_title(group.label, loc="left", fontweight="bold")
    label_outer(axes, x="Generator step")
    figure.align_ylabels(axes)
    return figure
