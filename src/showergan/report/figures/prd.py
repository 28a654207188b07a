"""PRD-AUC over the epochs of training, and the PRD curves of the last epoch."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report import layout, runs
from showergan.report.style import Style

SPACES = {"E": "E: embedding", "P": "P: physics"}


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
        here = runs.groups(style, scores[scores["score"] == score])
        runs.draw_runs(panel, here, "epoch", "value")
        runs.draw_anchors(panel, ends, score)
        panel.set_title(f"{runs.SCORES.get(score, score)}\n{runs.sample_size(scores, score)}")
        panel.set_ylim(-0.03, 1.03)
        panel.grid(axis="y")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    layout.label_outer(axes, "Epoch", "PRD-AUC on test")
    layout.legend_below(figure, runs.key(runs.groups(style, scores)) | runs.anchor_key(ends))
    return figure


def prd_curves(
    style: Style, curves: pd.DataFrame, anchor_curves: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw precision against recall of the last epoch on test: thin lines are seeds, thick ones their mean.

    The mean is that of precision and of recall at equal angle. A perfect generator reaches the upper right corner.
    """
    curves = runs.at_chosen_rates(curves, grid)
    figure = layout.new_figure(5.2)
    spaces = runs.shown(SPACES, curves["space"])
    axes = figure.subplots(1, len(spaces), sharex=True, sharey=True, squeeze=False)[0]
    for panel, space in zip(axes, spaces, strict=True):
        here, ends = (table[table["space"] == space] for table in (curves, anchor_curves))
        runs.draw_runs(panel, runs.groups(style, here), "recall", "precision", by="point")
        for name, rows in ends.groupby("anchor"):
            panel.plot(rows["recall"], rows["precision"], zorder=1, **runs.anchor_line(name))
        panel.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", xlabel="Recall")
        undefined = all(bool(table["recall"].isna().all()) for table in (here, ends))
        panel.set_title(SPACES.get(space, space) + "\nundefined" * undefined)
        panel.grid()
    axes[0].set_ylabel("Precision")
    of_anchors = runs.anchor_key(set(anchor_curves["anchor"]))
    layout.legend_below(figure, runs.key(runs.groups(style, curves)) | of_anchors)
    return figure
