"""Whether the discriminator's loss falls while samples get better."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.report.applicable import with_losses_over_epochs
from showergan.report.labels import fitted
from showergan.report.layout import new_figure, rows_of
from showergan.report.registry import WGAN_STUDY, register_figure
from showergan.report.runs import groups
from showergan.report.style import Style

COLUMNS = 3
QUALITY = "0.25"
FORMS = {"estimate": ("o", "estimate"), "per_lipschitz": ("D", "estimate / Lipschitz bound")}


@register_figure("Does the loss mean something?", WGAN_STUDY, with_losses_over_epochs)
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
    title = str(loss_meaning["title"].iloc[0])
    found = groups(style, loss_estimates)
    columns = min(COLUMNS, max(len(found), 1))
    lines = rows_of(len(found), columns)
    rows = _rows(loss_correlation, title)
    below = 0.9 + 0.42 * len(found)
    figure = new_figure(0.6 + 2.6 * lines + below)
    # Apart, so that long names of methods below do not make the panels above narrow.
    halves = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.6 * lines, below])
    upper, lower = halves.flat
    axes = upper.subplots(lines, columns, squeeze=False)
    for panel in axes.flat[len(found) :]:
        panel.set_axis_off()
    for i, group in enumerate(found):
        panel = axes.flat[i]
        right = panel.twinx()
        points = groups(style, loss_meaning[loss_meaning["title"] == title])[i]
        for seed, marked in zip(group.seeds, points.seeds, strict=True):
            panel.plot(seed["step"], seed["estimate"], color=group.colour, linewidth=1.3)
            right.plot(
                marked["step"], marked["value"], ":", marker=".", color=QUALITY, linewidth=0.7
            )
        panel.set_title(fitted(group.label, 34))
        panel.set_ylabel(str(group.rows["distance"].iloc[0]), color=group.colour)
        panel.ticklabel_format(axis="y", scilimits=(-2, 3), useMathText=True)
        right.spines["right"].set_visible(True)
        right.set_ylabel(title, color=QUALITY)
        panel.set_xlabel("Generator step")
    _draw_rho(lower.subplots(), style, rows, title)
    return figure


def _rows(correlation: pd.DataFrame, title: str) -> pd.DataFrame:
    return correlation[correlation["metric"] == title]


def _draw_rho(axes: Axes, style: Style, rows: pd.DataFrame, title: str) -> None:
    """Draw rho with its interval, a line per method."""
    found = groups(style, rows.assign(seed=0))
    for place, group in enumerate(found):
        for shift, (form, (marker, _)) in zip((-0.17, 0.17), FORMS.items(), strict=True):
            row = group.rows[group.rows["form"] == form].iloc[0]
            y = place + shift
            filled = group.colour if form == "estimate" else "white"
            axes.plot([row["low"], row["high"]], [y, y], color=group.colour, linewidth=1.4)
            axes.plot(
                row["rho"], y, marker, color=group.colour, markerfacecolor=filled, markersize=7
            )
            seeds = [float(word.partition(":")[2]) for word in str(row["rhos"]).split()]
            axes.plot(seeds, np.full(len(seeds), y), "|", color="black", markersize=7)
            if not np.isfinite(row["rho"]):
                axes.text(0.02, y, "estimate or quality is constant", va="center", fontsize="small")
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.set_yticks(range(len(found)), [group.label for group in found])
    axes.set(xlim=(-1.05, 1.05), ylim=(len(found) - 0.5, -0.5))
    axes.set_xlabel(f"Spearman's rho: 1 where the estimate falls as {title} improves")
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker=marker,
            color="0.3",
            markerfacecolor="0.3" if form == "estimate" else "white",
            label=label,
        )
        for form, (marker, label) in FORMS.items()
    ]
    handles.append(Line2D([], [], linestyle="", marker="|", color="black", label="seeds"))
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(handles))
