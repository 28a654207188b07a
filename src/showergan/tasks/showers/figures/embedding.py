"""Predictions of the embedding network against the truth."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.report.layout import empty_figure, new_figure, rows_of
from showergan.report.style import Style

NAMES = {
    "px_GeV": "$p_x$ [GeV]",
    "py_GeV": "$p_y$ [GeV]",
    "pz_GeV": "$p_z$ [GeV]",
    "x_cm": "x [cm]",
    "y_cm": "y [cm]",
    "ln_energy_MeV": "ln(energy / MeV)",
    "centre_x_cm": "centre x [cm]",
    "centre_y_cm": "centre y [cm]",
}
PER_ROW = 3


def embedding(style: Style, predictions: pd.DataFrame, embedding_metrics: dict[str, Any]) -> Figure:
    """Draw the density of predicted against true values with R^2, one panel per target."""
    targets = predictions["target"].unique()
    if not len(targets):
        return empty_figure("The embedding predicts nothing.")
    rows = rows_of(len(targets), PER_ROW)
    figure = new_figure(0.2 + 2.85 * rows)
    grid = figure.add_gridspec(rows, 2 * PER_ROW)
    # The colours of all panels must mean the same, so the largest count is found before any is final.
    drawn = []
    for i, target in enumerate(targets):
        row, column = divmod(i, PER_ROW)
        missing = max(PER_ROW * (row + 1) - len(targets), 0)
        start = 2 * column + missing  # an incomplete last row is centred
        panel = figure.add_subplot(grid[row, start : start + 2])
        part = predictions.loc[predictions["target"] == target, ["true", "predicted"]]
        part = part[np.isfinite(part).all(axis=1)]  # one that diverged predicts no numbers
        true, predicted = part["true"], part["predicted"]
        low, high = (part.to_numpy().min(), part.to_numpy().max()) if len(part) else (0.0, 1.0)
        cells: Any = {"gridsize": 40, "mincnt": 1, "extent": (low, high) * 2, "linewidths": 0.1}
        drawn.append(panel.hexbin(true, predicted, cmap=style.colormap, **cells))
        panel.axline((low, low), slope=1, color="black", linewidth=0.8, linestyle="--")
        name = NAMES.get(target, target)
        r2 = embedding_metrics["r2"].get(target)
        text = "$R^2$ undefined" if r2 is None else f"$R^2$ = {r2:.3f}"
        panel.set(xlim=(low, high), ylim=(low, high), box_aspect=1)
        panel.set(xlabel=f"True {name}", ylabel=f"Predicted {name}")
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        panel.text(0.05, 0.95, text, transform=panel.transAxes, va="top")
    scale = LogNorm(1, max([2, *(n for d in drawn for n in np.asarray(d.get_array()))]))
    for hexagons in drawn:
        hexagons.set_norm(scale)
    figure.colorbar(drawn[0], ax=figure.axes, label="Showers per cell", aspect=30)
    return figure
