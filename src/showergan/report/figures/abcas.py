"""Strength of the bound that ABCAS sets to the discriminator (figure 6 of Egorov & Rogachev 2023)."""

import math
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.comparison.runs import RUN
from showergan.report.layout import empty_figure, legend_below, new_figure
from showergan.report.runs import groups_with, key
from showergan.report.style import Style, line

LARGE_R = 10.0  # above it, the axis is logarithmic
BASE = 0.9  # of the factor that multiplies the weights
IDLE = 0.99  # a factor that never fell below has left the discriminator as it was: vanilla SN


def abcas(style: Style, histories: pd.DataFrame) -> Figure:
    """Draw r over training, one line per run; the right axis has the factor 0.9^r of the weights.

    Runs whose factor never fell below 0.99 (shaded) are counted in the title: they were trained as with vanilla SN. The
    legend has the factors at the end. Of several pairs of learning rates each has a line of its own.
    """
    found = groups_with(style, histories, "abcas_r")
    if not found:
        return empty_figure("No method of this run has ABCAS.")
    rows = pd.concat([g.rows for g in found])
    if rows["learning_rates"].nunique() > 1:
        lines = (line(style.figures.palette, place) for place in range(len(found)))
        found = [g._replace(**own._asdict()) for g, own in zip(found, lines, strict=True)]
    figure = new_figure(4.6)
    axes = figure.subplots()
    for group in found:
        group.draw_seeds(axes, "step", "abcas_r", {"linewidth": 1.2, "alpha": 0.8})
    scale: Any = ("symlog", {"linthresh": 1}) if rows["abcas_r"].max() > LARGE_R else ("linear", {})
    axes.set_yscale(scale[0], **scale[1])
    axes.set(xlabel="Generator step", ylabel="r")
    axes.set_title("\n".join(_warnings(rows)), loc="left")
    axes.axhspan(0, math.log(IDLE, BASE), color="0.93", linewidth=0, zorder=0)
    # What the ticks at the left mean for the weights.
    right = axes.twinx()
    right.set_yscale(scale[0], **scale[1])
    right.set(ylim=axes.get_ylim(), ylabel="weights are multiplied by $0.9^r$")
    right.yaxis.set_major_formatter(lambda r, _: f"{BASE**r:.3g}")
    right.spines["right"].set_visible(True)
    for place, group in enumerate(found):
        factors = BASE ** group.rows.groupby(RUN)["abcas_r"].last()
        ends = " to ".join(sorted({f"{factors.min():.3f}", f"{factors.max():.3f}"}))
        found[place] = group._replace(label=f"{group.label}: {ends} at the end")
    legend_below(figure, key(found))
    return figure


def _warnings(rows: pd.DataFrame) -> list[str]:
    """Return warnings of runs that ABCAS left alone, and of steps at which q = dm / beta was clipped."""
    runs = rows.groupby(RUN)
    idle = BASE ** runs["abcas_r"].max() > IDLE
    lines = []
    if idle.any():
        lines.append(
            f"ABCAS never acted in {idle.sum()} of {len(idle)} runs: $0.9^r$ stayed above {IDLE:g}"
        )
    counts = runs["abcas_clipped"].max()  # the history keeps a running count
    if counts.sum():
        lines.append(
            f"q clipped below 1 in {counts.sum():.0f} steps, in {(counts > 0).sum()} of {len(counts)} runs"
        )
    return lines
