"""The PRD curves of the last epoch."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from showergan.report.anchors import anchor_key, look_of
from showergan.report.layout import legend_below, new_figure
from showergan.report.registry import COMPARISON, register_figure
from showergan.report.runs import MEAN, at_chosen_rates, groups, key
from showergan.report.scores import shown
from showergan.report.style import Style

SPACES = {"E": "E: embedding", "P": "P: physics"}


@register_figure("Precision and recall", COMPARISON)
def prd_curves(
    style: Style, curves: pd.DataFrame, anchor_curves: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw precision against recall of the last epoch on test: thin lines are seeds, thick ones their mean.

    The mean is that of precision and of recall at equal angle. A perfect generator reaches the upper right corner.
    """
    curves = at_chosen_rates(curves, grid)
    figure = new_figure(5.2)
    spaces = shown(SPACES, curves["space"])
    axes = figure.subplots(1, len(spaces), sharex=True, sharey=True, squeeze=False)[0]
    for panel, space in zip(axes, spaces, strict=True):
        for group in groups(style, curves[curves["space"] == space]):
            mean = group.rows.groupby("point")[["recall", "precision"]].mean()
            group.draw_seeds(panel, "recall", "precision")
            group.draw(panel, mean, "recall", "precision", **MEAN)
        for name, rows in anchor_curves[anchor_curves["space"] == space].groupby("anchor"):
            panel.plot(rows["recall"], rows["precision"], zorder=1, **look_of(name))
        panel.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", xlabel="Recall")
        every = (table.loc[table["space"] == space, "recall"] for table in (curves, anchor_curves))
        undefined = all(recall.isna().all() for recall in every)
        panel.set_title(SPACES.get(space, space) + "\nundefined" * undefined)
        panel.grid()
    axes[0].set_ylabel("Precision")
    legend_below(figure, key(groups(style, curves)) | anchor_key(set(anchor_curves["anchor"])))
    return figure
