"""PRD-AUC over the epochs of training."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.comparison.summary import scores_over_epochs
from showergan.report.layout import label_outer, legend_below, new_figure, panels, rows_of
from showergan.report.runs import (
    SCORES,
    anchor_key,
    anchor_scores,
    at_chosen_rates,
    draw_anchors,
    draw_runs,
    groups,
    key,
    sample_size,
    shown,
)
from showergan.report.style import Style


def score_over_epochs(
    style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw PRD-AUC on test over epochs: thin lines are seeds, the thick line their mean.

    Broken lines are what real showers score, with their own and with shuffled conditions, and an untrained generator.
    """
    scores = scores_over_epochs(at_chosen_rates(metrics, grid))
    scores = scores[scores["split"] == "test"].sort_values("epoch", kind="stable")
    ends = anchor_scores(anchors)
    names = shown(SCORES, scores["score"])
    figure = new_figure(0.5 + 3.2 * rows_of(len(names), 2))
    axes = panels(figure, len(names), 2, shared=True)
    for panel, score in zip(axes.flat, names, strict=False):
        draw_runs(panel, groups(style, scores[scores["score"] == score]), "epoch", "value")
        draw_anchors(panel, ends, score)
        panel.set_title(f"{SCORES.get(score, score)}\n{sample_size(scores, score)}")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_outer(axes, "Epoch", "PRD-AUC on test")
    legend_below(figure, key(groups(style, scores)) | anchor_key(ends))
    return figure
