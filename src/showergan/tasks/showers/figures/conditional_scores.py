"""Conditional scores at several learning rates (figure 5 of Egorov & Rogachev 2023)."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report import layout, runs
from showergan.report.style import Style
from showergan.report.texts import rates_in_words

SCORES = {"bins-E": "bins-E: embedding", "bins-P": "bins-P: physics"}
COMPARED = ("sn", "abcas")
POINTS = 3  # of the running mean


def conditional_scores(style: Style, metrics: pd.DataFrame, anchors: pd.DataFrame) -> Figure:
    """Draw bins-E and bins-P on test over epochs, a row per pair of learning rates.

    Thin lines are runs; thick lines the running mean over three epochs of the mean over seeds. Broken lines
    are ceilings and floors. All panels of a column share their scale.
    """
    scores = scores_over_epochs(metrics[metrics["method"].isin(COMPARED)])
    scores = scores[scores["split"] == "test"].sort_values("epoch", kind="stable")
    parts = {
        (str(name), str(rates)): part
        for (name, rates), part in scores.groupby(["architecture", "learning_rates"])
    }
    if not parts:
        names = " or ".join(style.labels.get(m, m) for m in COMPARED)
        return layout.empty_figure(f"No method of this run is {names}.")
    ends = runs.anchor_scores(anchors)
    figure = layout.new_figure(0.9 + 2.3 * len(parts))
    axes = figure.subplots(len(parts), len(SCORES), sharex=True, sharey="col", squeeze=False)
    several = len({architecture for architecture, _ in parts}) > 1
    drawn: dict[str, runs.Group] = {}
    pairs = sorted(parts, key=lambda pair: (pair[0], runs.by_size(pair[1])))
    for line, (architecture, rates) in zip(axes, pairs, strict=True):
        here = parts[architecture, rates]
        for panel, score in zip(line, SCORES, strict=True):
            for group in runs.groups(style, here[here["score"] == score]):
                group.draw_seeds(panel, "epoch", "value")
                mean = group.rows.groupby("epoch")["value"].mean()
                smooth = mean.rolling(POINTS, center=True, min_periods=1).mean().reset_index()
                group.draw(panel, smooth, "epoch", "value", linewidth=2.4)
                drawn[group.label] = group
            runs.draw_anchors(panel, ends, score)
            panel.grid(axis="y")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
            panel.set_ylabel(f"{score} on test")
        line[0].set_title(rates_in_words(rates) + f" ({architecture})" * several, loc="left")
    for panel, (score, name) in zip(axes[0], SCORES.items(), strict=True):
        rates = panel.get_title(loc="left")
        panel.set_title(f"{name}, {runs.sample_size(scores, score)}\n{rates}", loc="left")
    layout.label_outer(axes, "Epoch")
    methods = runs.key(drawn[label] for label in style.labels.values() if label in drawn)
    layout.legend_below(figure, methods | runs.anchor_key(ends))
    return figure
