"""Losses and Lipschitz bounds over training, and losses beside the quality of samples."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.report.layout import empty_figure, label_outer, legend_below, new_figure, rows_of
from showergan.report.runs import at_chosen_rates, draw_runs, groups, key, scale_for
from showergan.report.style import Style
from showergan.report.texts import fitted

QUANTITIES = {
    "discriminator_loss": "Discriminator loss",
    "generator_loss": "Generator loss",
    "lipschitz_bound": "Lipschitz bound",
}
SMOOTHED = 0.05  # of a run, in the running median
COLUMNS = 3
QUALITY = "0.25"
FORMS = {"estimate": ("o", "estimate"), "per_lipschitz": ("D", "estimate / Lipschitz bound")}
AXES = {"step": "Generator step", "seconds": "Seconds of training"}
LINES = 4  # metrics that convergence shows
NONE = "No training was judged."


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


def loss_meaning(
    style: Style,
    loss_estimates: pd.DataFrame,
    loss_meaning: pd.DataFrame,
    loss_correlation: pd.DataFrame,
) -> Figure:
    """Draw estimated distances and quality over steps, a panel per method, and below how the two go together.

    Above: lines are estimates of the distance from the discriminator's loss, one per seed (left axis); dots are the
    quality of the generator at the evaluated epochs (right axis). Below: Spearman's rho of the two, 1 where the
    estimate falls whenever quality rises, with its 95 % interval over seeds; small dots are seeds.
    """
    if loss_meaning.empty:
        return empty_figure(NONE)
    title = str(loss_meaning["title"].iloc[0])
    found = groups(style, loss_estimates)
    columns = min(COLUMNS, max(len(found), 1))
    lines = rows_of(len(found), columns)
    below = 0.9 + 0.42 * len(found)
    figure = new_figure(0.6 + 2.6 * lines + below)
    # Apart, so that long names of methods below do not make the panels above narrow.
    halves = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.6 * lines, below])
    upper, lower = halves.flat
    axes = upper.subplots(lines, columns, squeeze=False)
    for panel in axes.flat[len(found) :]:
        panel.set_axis_off()
    quality = {g.label: g for g in groups(style, loss_meaning[loss_meaning["title"] == title])}
    for panel, group in zip(axes.flat, found, strict=False):
        right = panel.twinx()
        for seed, marked in zip(group.seeds, quality[group.label].seeds, strict=True):
            panel.plot(seed["step"], seed["estimate"], color=group.colour, linewidth=1.3)
            dots = {"marker": ".", "color": QUALITY, "linewidth": 0.7}
            right.plot(marked["step"], marked["value"], ":", **dots)
        panel.set_title(fitted(group.label, 34))
        panel.set_ylabel(str(group.rows["distance"].iloc[0]), color=group.colour)
        panel.ticklabel_format(axis="y", scilimits=(-2, 3), useMathText=True)
        right.spines["right"].set_visible(True)
        right.set_ylabel(title, color=QUALITY)
        panel.set_xlabel("Generator step")
    rows = loss_correlation[loss_correlation["metric"] == title]
    _draw_rho(lower.subplots(), style, rows, title)
    return figure


def _draw_rho(axes: Axes, style: Style, rows: pd.DataFrame, title: str) -> None:
    """Draw rho with its interval, a line per method."""
    found = groups(style, rows.assign(seed=0))
    for place, group in enumerate(found):
        for shift, (form, (marker, _)) in zip((-0.17, 0.17), FORMS.items(), strict=True):
            row = group.rows[group.rows["form"] == form].iloc[0]
            y = place + shift
            face = group.colour if form == "estimate" else "white"
            own: Any = {"color": group.colour, "markerfacecolor": face, "markersize": 7}
            axes.plot([row["low"], row["high"]], [y, y], color=group.colour, linewidth=1.4)
            axes.plot(row["rho"], y, marker, **own)
            seeds = [float(word.partition(":")[2]) for word in str(row["rhos"]).split()]
            axes.plot(seeds, np.full(len(seeds), y), "|", color="black", markersize=7)
            if not np.isfinite(row["rho"]):
                axes.text(0.02, y, "estimate or quality is constant", va="center", fontsize="small")
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.set_yticks(range(len(found)), [group.label for group in found])
    axes.set(xlim=(-1.05, 1.05), ylim=(len(found) - 0.5, -0.5))
    axes.set_xlabel(f"Spearman's rho: 1 where the estimate falls as {title} improves")
    faces = {"estimate": "0.3", "per_lipschitz": "white"}
    marks = [(m, "0.3", faces[form], label) for form, (m, label) in FORMS.items()]
    handles = [
        Line2D([], [], linestyle="", marker=m, color=edge, markerfacecolor=face, label=label)
        for m, edge, face, label in (*marks, ("|", "black", "black", "seeds"))
    ]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(handles))


def convergence(style: Style, loss_meaning: pd.DataFrame) -> Figure:
    """Draw quality on test over generator steps and over seconds: thin lines are seeds, the thick line their mean.

    It ends where a seed has no value, for example because it diverged.
    Seconds are those of the whole training in proportion to its steps, on the machine that trained, with whatever else
    it did meanwhile.
    """
    titles = list(dict.fromkeys(loss_meaning["title"]))[:LINES]
    if not titles:
        return empty_figure(NONE)
    figure = new_figure(0.4 + 2.7 * len(titles))
    axes = figure.subplots(len(titles), len(AXES), sharey="row", sharex="col", squeeze=False)
    for line, title in zip(axes, titles, strict=True):
        of_title = groups(style, loss_meaning[loss_meaning["title"] == title])
        for panel, x in zip(line, AXES, strict=True):
            draw_runs(panel, of_title, x, "value", by="epoch", skipna=False)
            panel.grid(axis="y")
        label_outer(line[None], y=title)
    for panel, label in zip(axes[-1], AXES.values(), strict=True):
        panel.set_xlabel(label)
    legend_below(figure, key(groups(style, loss_meaning)))
    return figure
