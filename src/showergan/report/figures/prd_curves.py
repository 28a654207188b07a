"""The PRD curves of the last epoch."""

import pandas as pd
from matplotlib.figure import Figure

from showergan.report import layout, runs
from showergan.report.style import Style

SPACES = {"E": "E: embedding", "P": "P: physics"}


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
    layout.legend_below(
        figure, runs.key(runs.groups(style, curves)) | runs.anchor_key(set(anchor_curves["anchor"]))
    )
    return figure
