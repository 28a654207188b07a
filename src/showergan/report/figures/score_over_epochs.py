"""PRD-AUC over the epochs of training."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.report.layout import legend_below, new_figure, panels, rows_of
from showergan.report.registry import COMPARISON, register_figure
from showergan.report.runs import MEAN, at_chosen_rates, groups, key
from showergan.report.scores import SCORES, sample_size, shown
from showergan.report.style import Style


@register_figure(
    "PRD-AUC over epochs", COMPARISON, lambda config: len(config.training.evaluated_epochs) > 1
)
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
        for group in groups(style, scores[scores["score"] == score]):
            mean = group.rows.groupby("epoch")[["value"]].mean().reset_index()
            group.draw_seeds(panel, "epoch", "value")
            group.draw(panel, mean, "epoch", "value", **MEAN)
        draw_anchors(panel, ends, score)
        panel.set_title(f"{SCORES.get(score, score)}\n{sample_size(scores, score)}")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y")
    for panel in axes[-1]:
        panel.set_xlabel("Epoch")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    for panel in axes[:, 0]:
        panel.set_ylabel("PRD-AUC on test")
    legend_below(figure, key(groups(style, scores)) | anchor_key(ends))
    return figure
