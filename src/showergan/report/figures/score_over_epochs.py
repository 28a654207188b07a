"""PRD-AUC over the epochs of training."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report import layout, runs
from showergan.report.style import Style


def score_over_epochs(
    style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw PRD-AUC on test over epochs: thin lines are seeds, the thick line their mean.

    Broken lines are what real showers score, with their own and with shuffled conditions, and an untrained generator.
    """
    scores = scores_over_epochs(runs.at_chosen_rates(metrics, grid))
    scores = scores[scores["split"] == "test"].sort_values("epoch", kind="stable")
    ends = runs.anchor_scores(anchors)
    names = runs.shown(runs.SCORES, scores["score"])
    figure = layout.new_figure(0.5 + 3.2 * layout.rows_of(len(names), 2))
    axes = layout.panels(figure, len(names), 2, shared=True)
    for panel, score in zip(axes.flat, names, strict=False):
        runs.draw_runs(
            panel, runs.groups(style, scores[scores["score"] == score]), "epoch", "value"
        )
        runs.draw_anchors(panel, ends, score)
        panel.set_title(f"{runs.SCORES.get(score, score)}\n{runs.sample_size(scores, score)}")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    layout.label_outer(axes, "Epoch", "PRD-AUC on test")
    layout.legend_below(figure, runs.key(runs.groups(style, scores)) | runs.anchor_key(ends))
    return figure
