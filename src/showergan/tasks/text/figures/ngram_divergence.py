"""Divergence of the use of n-grams from that of real text over training."""

import pandas as pd
from matplotlib.figure import Figure

from showergan.report import layout, runs
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
    # The last row of a history is that of the last step.
    steps_per_epoch = histories["step"].max() / histories["epoch"].max()
    rows = runs.at_chosen_rates(rows.assign(step=rows["epoch"] * steps_per_epoch), grid)
    rows = rows.sort_values("step", kind="stable")
    ends = anchors[anchors["metric"] == METRIC].pivot_table("value", "space", "anchor")
    spaces = sorted(rows["space"].unique())
    lines = layout.rows_of(len(spaces), 2)
    figure = layout.new_figure(0.5 + 2.7 * lines)
    axes = figure.subplots(lines, 2, sharex=True, squeeze=False)
    for panel, space in zip(axes.flat, spaces, strict=False):
        runs.draw_runs(panel, runs.groups(style, rows[rows["space"] == space]), "step", "value")
        runs.draw_anchors(panel, ends, space)
        panel.set_title(space, fontsize="medium")
        panel.set_ylim(0, 1.03)
        panel.set_xlim(left=0)
        panel.grid(axis="y")
    layout.label_outer(axes, "Generator step", "JS divergence [bit]")
    layout.legend_below(figure, runs.key(runs.groups(style, rows)) | runs.anchor_key(ends))
    return figure
