"""PRD-AUC over the epochs of training, and the PRD curves of the last one."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from showergan.comparison.summary import scores_over_epochs
from showergan.rendering.anchors import anchor_key, anchor_scores, draw_anchors, draw_curve
from showergan.rendering.runs import Group, groups
from showergan.rendering.style import Style, legend_below, new_figure, themed

SCORES = {
    "bins-E": "bins-E: embedding, mean over bins",
    "bins-P": "bins-P: physics, mean over bins",
    "E": "E: embedding, all conditions",
    "P": "P: physics, all conditions",
}
SPACES = {"E": "E: embedding", "P": "P: physics"}


@themed
def score_over_epochs(style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame) -> Figure:
    """Draw PRD-AUC on test over epochs: thin lines are seeds, the thick line their mean.

    Broken lines are what real showers score, with their own and with shuffled conditions, and an untrained generator.

    Args:
        style: of all figures.
        metrics: metrics.csv of many runs.
        anchors: ceilings and floors, as `reference` writes them.
    """
    scores = scores_over_epochs(metrics)
    scores = scores[scores["split"] == "test"]
    ends = anchor_scores(anchors)
    figure = new_figure(6.9)
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    for panel, (score, title) in zip(axes.flat, SCORES.items(), strict=True):
        for group in groups(style, scores[scores["score"] == score]):
            _trajectory(panel, group)
        draw_anchors(panel, ends, score)
        panel.set_title(f"{title}\n{sample_size(scores, score)}", fontsize="medium")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y", color="0.9", linewidth=0.8)
    for panel in axes[1]:
        panel.set_xlabel("Epoch")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    for panel in axes[:, 0]:
        panel.set_ylabel("PRD-AUC on test")
    handles, labels = _key(groups(style, scores))
    lines, line_labels = anchor_key(ends)
    legend_below(figure, [*handles, *lines], [*labels, *line_labels])
    return figure


@themed
def prd_curves(style: Style, curves: pd.DataFrame, anchors: pd.DataFrame) -> Figure:
    """Draw precision against recall of the last epoch on test: thin lines are seeds, thick ones their mean.

    The mean is that of precision and of recall at equal angle. A perfect generator reaches the upper right corner.

    Args:
        style: of all figures.
        curves: curves.csv of many runs with the column point.
        anchors: curves of ceilings and floors, as `reference` writes them.
    """
    figure = new_figure(5.2)
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    for panel, (space, title) in zip(axes, SPACES.items(), strict=True):
        for group in groups(style, curves[curves["space"] == space]):
            mean = group.rows.groupby("point")[["recall", "precision"]].mean()
            for seed in group.seeds:
                _draw(panel, seed["recall"], seed["precision"], group, is_mean=False)
            _draw(panel, mean["recall"], mean["precision"], group, is_mean=True)
        for name, rows in anchors[anchors["space"] == space].groupby("anchor"):
            draw_curve(panel, rows, str(name))
        panel.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", xlabel="Recall")
        panel.set_title(title, fontsize="medium")
        panel.grid(color="0.9", linewidth=0.8)
    axes[0].set_ylabel("Precision")
    handles, labels = _key(groups(style, curves))
    lines, names = anchor_key(anchors["anchor"])
    legend_below(figure, [*handles, *lines], [*labels, *names])
    return figure


def _trajectory(axes: Axes, group: Group) -> None:
    """Draw the value over epochs of each seed and of their mean."""
    for seed in group.seeds:
        ordered = seed.sort_values("epoch")
        _draw(axes, ordered["epoch"], ordered["value"], group, is_mean=False)
    mean = group.rows.groupby("epoch", as_index=False)["value"].mean()
    _draw(axes, mean["epoch"], mean["value"], group, is_mean=True)


def _draw(axes: Axes, x: pd.Series, y: pd.Series, group: Group, *, is_mean: bool) -> None:
    look = {"linewidth": 2.2, "zorder": 3} if is_mean else {"linewidth": 0.8, "alpha": 0.55}
    # A single evaluated epoch is a point, which a line alone would not show.
    marker = "." if len(x) == 1 else ""
    axes.plot(x, y, color=group.colour, linestyle=group.dashes, marker=marker, **look)  # type: ignore[arg-type]


def _key(found: list[Group]) -> tuple[list[Line2D], list[str]]:
    handles = [Line2D([], [], color=g.colour, linestyle=g.dashes, linewidth=2.2) for g in found]
    return handles, [g.label for g in found]


def sample_size(scores: pd.DataFrame, score: str) -> str:
    """Return the number of showers n and of clusters K, which a PRD-AUC must not be read without.

    A mean over bins goes with the smallest of each: small bins get fewer clusters.
    """
    rows = scores[scores["score"] == score]
    if rows.empty:
        return "no values"
    n, clusters, most = rows["n"].min(), rows["clusters"].min(), scores["clusters"].max()
    if not score.startswith("bins-"):
        return f"n = {n:.0f}, K = {clusters:.0f}"
    fewer = f"{clusters:.0f} to " if clusters < most else ""
    return f"n \N{GREATER-THAN OR EQUAL TO} {n:.0f} per bin, K = {fewer}{most:.0f}"
