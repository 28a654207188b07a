"""PRD-AUC over the epochs of training."""

from __future__ import annotations

from showergan import comparison
from showergan.drawing.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.drawing.registry import COMPARISON, register_figure
from showergan.drawing.runs import Group, at_chosen_rates, groups, key
from showergan.drawing.scores import SCORES, draw_line, sample_size, shown
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.heavy import mpl, pd


@register_figure(
    "PRD-AUC over epochs", COMPARISON, lambda config: len(config.training.evaluated_epochs) > 1
)
def score_over_epochs(
    style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame, grid: pd.DataFrame
) -> mpl.figure.Figure:
    """Draw PRD-AUC on test over epochs: thin lines are seeds, the thick line their mean.

    Broken lines are what real showers score, with their own and with shuffled conditions, and an untrained generator.
    """
    scores = comparison.scores_over_epochs(at_chosen_rates(metrics, grid))
    scores = scores[scores["split"] == "test"]
    ends = anchor_scores(anchors)
    names = shown(SCORES, scores["score"])
    lines = -(-len(names) // 2)
    figure = new_figure(0.5 + 3.2 * lines)
    axes = figure.subplots(lines, min(len(names), 2), sharex=True, sharey=True, squeeze=False)
    for panel, score in zip(axes.flat, names, strict=True):
        title = SCORES.get(score, score)
        for group in groups(style, scores[scores["score"] == score]):
            _trajectory(panel, group)
        draw_anchors(panel, ends, score)
        panel.set_title(f"{title}\n{sample_size(scores, score)}", fontsize="medium")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y", color="0.9", linewidth=0.8)
    for panel in axes[-1]:
        panel.set_xlabel("Epoch")
        panel.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
    for panel in axes[:, 0]:
        panel.set_ylabel("PRD-AUC on test")
    handles, labels = key(groups(style, scores))
    ends_drawn, end_labels = anchor_key(ends)
    legend_below(figure, [*handles, *ends_drawn], [*labels, *end_labels])
    return figure


def _trajectory(axes: mpl.axes.Axes, group: Group) -> None:
    """Draw the value over epochs of each seed and of their mean."""
    for seed in group.seeds:
        ordered = seed.sort_values("epoch")
        draw_line(axes, ordered["epoch"], ordered["value"], group, is_mean=False)
    mean = group.rows.groupby("epoch", as_index=False)["value"].mean()
    draw_line(axes, mean["epoch"], mean["value"], group, is_mean=True)
