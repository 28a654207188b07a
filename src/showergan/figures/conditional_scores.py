"""Conditional scores at several learning rates (figure 5 of Egorov & Rogachev 2023)."""

from __future__ import annotations

from showergan import comparison
from showergan.config import Config
from showergan.drawing.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.labels import rates_in_words
from showergan.drawing.registry import COMPARISON, register_figure
from showergan.drawing.runs import Group, by_size, groups, key
from showergan.drawing.scores import sample_size
from showergan.drawing.style import Style, legend_below, new_figure
from showergan.heavy import mpl, pd

SCORES = {"bins-E": "bins-E: embedding", "bins-P": "bins-P: physics"}
COMPARED = ("sn", "abcas")
POINTS = 3  # of the running mean


def _worth(config: Config) -> bool:
    n_epochs = len(config.training.evaluated_epochs)
    return n_epochs >= POINTS and not config.methods.keys().isdisjoint(COMPARED)


@register_figure("Conditional PRD-AUC, SN against ABCAS", COMPARISON, _worth)
def conditional_scores(
    style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame
) -> mpl.figure.Figure:
    """Draw bins-E and bins-P on test over epochs, a row per pair of learning rates.

    Thin lines are runs; thick lines the running mean over three epochs of the mean over seeds. Broken lines
    are ceilings and floors. All panels of a column share their scale.
    """
    scores = comparison.scores_over_epochs(metrics[metrics["method"].isin(COMPARED)])
    scores = scores[scores["split"] == "test"]
    pairs = list(scores[["architecture", "learning_rates"]].drop_duplicates().itertuples(False))
    pairs.sort(key=lambda pair: (pair[0], by_size(pair[1])))
    if not pairs:
        names = " or ".join(style.labels.get(m, m) for m in COMPARED)
        return empty_figure(f"No method of this run is {names}.")
    ends = anchor_scores(anchors)
    figure = new_figure(0.9 + 2.3 * len(pairs))
    axes = figure.subplots(len(pairs), len(SCORES), sharex=True, sharey="col", squeeze=False)
    drawn: dict[str, Group] = {}
    for line, (architecture, rates) in zip(axes, pairs, strict=True):
        here = scores[
            (scores["architecture"] == architecture) & (scores["learning_rates"] == rates)
        ]
        for panel, score in zip(line, SCORES, strict=True):
            for group in groups(style, here[here["score"] == score]):
                _runs(panel, group)
                drawn[group.label] = group
            draw_anchors(panel, ends, score)
            panel.grid(axis="y", color="0.9", linewidth=0.8)
            panel.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        several = len({architecture for architecture, _ in pairs}) > 1
        line[0].set_title(
            rates_in_words(rates) + f" ({architecture})" * several,
            loc="left",
            fontsize="medium",
        )
        for panel, score in zip(line, SCORES, strict=True):
            panel.set_ylabel(f"{score} on test")
    for panel, score in zip(axes[0], SCORES, strict=True):
        sample = sample_size(scores, score)
        rates = panel.get_title(loc="left")
        panel.set_title(f"{SCORES[score]}, {sample}\n{rates}", loc="left", fontsize="medium")
    for panel in axes[-1]:
        panel.set_xlabel("Epoch")
    handles, labels = key(drawn[label] for label in style.labels.values() if label in drawn)
    lines, line_labels = anchor_key(ends)
    legend_below(figure, [*handles, *lines], [*labels, *line_labels])
    return figure


def _runs(axes: mpl.axes.Axes, group: Group) -> None:
    for seed in group.seeds:
        seed = seed.sort_values("epoch")
        axes.plot(seed["epoch"], seed["value"], color=group.colour, linewidth=0.8, alpha=0.55)
    mean = group.rows.groupby("epoch")["value"].mean()
    smooth = mean.rolling(POINTS, center=True, min_periods=1).mean()
    # A single evaluated epoch is a point, which a line alone would not show.
    marker = "." if len(smooth) == 1 else ""
    axes.plot(
        smooth.index,
        smooth,
        color=group.colour,
        linewidth=2.4,
        linestyle=group.dashes,
        marker=marker,
    )
