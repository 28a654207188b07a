"""How the use of n-grams nears that of real text in training."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.anchors import anchor_key, draw_anchors
from showergan.report.layout import legend_below, new_figure
from showergan.report.registry import COMPARISON, register_figure
from showergan.report.runs import MEAN, at_chosen_rates, groups, key
from showergan.report.style import Style

METRIC = "ngram_divergence"


@register_figure("Divergence of n-grams over generator steps", COMPARISON)
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
    lines = max(-(-len(spaces) // 2), 1)
    figure = new_figure(0.5 + 2.7 * lines)
    axes = figure.subplots(lines, 2, sharex=True, squeeze=False)
    for panel, space in zip(axes.flat, spaces, strict=False):
        for group in groups(style, rows[rows["space"] == space]):
            mean = group.rows.groupby("step")[["value"]].mean().reset_index()
            group.draw_seeds(panel, "step", "value")
            group.draw(panel, mean, "step", "value", **MEAN)
        draw_anchors(panel, ends, space)
        panel.set_title(space, fontsize="medium")
        panel.set_ylim(0, 1.03)
        panel.set_xlim(left=0)
        panel.grid(axis="y", color="0.9", linewidth=0.8)
    for panel in axes[-1]:
        panel.set_xlabel("Generator step")
    for panel in axes[:, 0]:
        panel.set_ylabel("JS divergence [bit]")
    legend_below(figure, key(groups(style, rows)) | anchor_key(ends))
    return figure


def steps_per_epoch(histories: pd.DataFrame) -> float:
    """Return the number of generator steps in an epoch; the last row of a history is that of the last step."""
    return histories["step"].max() / histories["epoch"].max()
