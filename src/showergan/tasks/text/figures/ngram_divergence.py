"""Divergence of the use of n-grams from that of real text over training."""

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.layout import label_outer, legend_below, new_figure, rows_of
from showergan.report.runs import (
    anchor_key,
    at_chosen_rates,
    draw_anchors,
    draw_runs,
    groups,
    key,
)
from showergan.report.style import Style

METRIC = "ngram_divergence"


def ngram_divergence(
    style: Style,
    metrics: pd.DataFrame,
    histories: pd.DataFrame,
    anchors: pd.DataFrame,
    grid: pd.DataFrame,
) -> Figure:
    """Draw the Jensen-Shannon divergence of n-grams on test over generator steps: lower is better.

    Thin lines are seeds, the thick line their mean. Broken lines are what real text gets against real text, and an
    untrained generator, which is where every training starts.
    """
    rows = metrics[(metrics["metric"] == METRIC) & (metrics["split"] == "test")]
    rows = at_chosen_rates(rows.assign(step=rows["epoch"] * steps_per_epoch(histories)), grid)
    rows = rows.sort_values("step", kind="stable")
    ends = anchors[anchors["metric"] == METRIC].pivot_table("value", "space", "anchor")
    spaces = sorted(rows["space"].unique())
    lines = rows_of(len(spaces), 2)
    figure = new_figure(0.5 + 2.7 * lines)
    axes = figure.subplots(lines, 2, sharex=True, squeeze=False)
    for panel, space in zip(axes.flat, spaces, strict=False):
        draw_runs(panel, groups(style, rows[rows["space"] == space]), "step", "value")
        draw_anchors(panel, ends, space)
        panel.set_title(space, fontsize="medium")
        panel.set_ylim(0, 1.03)
        panel.set_xlim(left=0)
        panel.grid(axis="y")
    label_outer(axes, "Generator step", "JS divergence [bit]")
    legend_below(figure, key(groups(style, rows)) | anchor_key(ends))
    return figure


def steps_per_epoch(histories: pd.DataFrame) -> float:
    """Return the number of generator steps in an epoch; the last row of a history is that of the last step."""
    return histories["step"].max() / histories["epoch"].max()
