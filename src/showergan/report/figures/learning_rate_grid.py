"""Scores of every pair of learning rates that was tried."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from showergan.report.layout import empty_figure, new_figure, panels, rows_of
from showergan.report.runs import anchor_scores
from showergan.report.style import Style
from showergan.report.texts import counted, fitted, records

PER_ROW = 3
FRAME: Any = {"fill": False, "edgecolor": "#d55e00", "linewidth": 3, "clip_on": False}


def learning_rate_grid(style: Style, grid: pd.DataFrame, anchors: pd.DataFrame) -> Figure:
    """Draw a heat map per method: the mean score on select of each pair of learning rates, the method's own framed.

    Own is the pair that tables are about, named or chosen on select. Methods with one pair are left out. All maps share
    one colour scale. A pair at which trainings diverged says how many did.
    """
    tried = grid["method"].value_counts()
    methods = [m for m in style.labels if tried.get(m, 0) > 1]
    if not methods:
        return empty_figure("No learning rates were compared in this run.")
    shown = grid[grid["method"].isin(methods)]
    score = shown["score"].iloc[0]
    generator = sorted(shown["generator_rate"].unique(), reverse=True)
    discriminator = sorted(shown["discriminator_rate"].unique())
    figure = new_figure(1.4 + rows_of(len(methods), PER_ROW) * (0.8 + 0.52 * len(generator)))
    axes = panels(figure, len(methods), PER_ROW)
    low, high = shown["select_mean"].min(), shown["select_mean"].max()
    if not low < high:  # one value, or none, has no range
        low, high = 0.0, 1.0
    for panel, method in zip(axes.flat, methods, strict=False):
        part = shown[shown["method"] == method]
        texts = [
            f"{row['select_mean']:.3f}"
            + f"\n{row['n_diverged']} diverged" * (row["n_diverged"] > 0)
            for row in records(part)
        ]
        cells = part.assign(text=texts)
        # A pair that was not tried stays blank.
        table, words = (
            cells.pivot(index="generator_rate", columns="discriminator_rate", values=values)
            .reindex(index=generator, columns=discriminator)
            .rename(index="{:g}".format, columns="{:g}".format)
            for values in ("select_mean", "text")
        )
        own = {"vmin": low, "vmax": high, "cmap": style.colormap, "cbar": False}
        sns.heatmap(table, ax=panel, annot=words, fmt="", linewidths=1, **own)
        for row in records(part[part["chosen"].astype(bool)]):
            x = discriminator.index(row["discriminator_rate"])
            y = generator.index(row["generator_rate"])
            panel.add_patch(Rectangle((x, y), 1, 1, **FRAME))
        panel.set_title(fitted(style.labels[method], 27))
        panel.set(xlabel="", ylabel="")
        panel.tick_params(rotation=0, length=0)
    ends = [
        f"{str(name).replace('_', ' ')} {values[score]:.2f}"
        for name, values in anchor_scores(anchors).items()
        if np.isfinite(values.get(score, np.nan))
    ]
    scale = f"\n{score} on test for comparison: {', '.join(ends)}" if ends else ""
    figure.supxlabel(f"Learning rate of the discriminator{scale}")
    figure.supylabel("Learning rate of the generator")
    label = f"{score} on select, mean of {counted('seed', *shown['n_seeds'])}"
    colours = ScalarMappable(Normalize(low, high), style.colormap)
    figure.colorbar(colours, ax=figure.axes, label=label, aspect=30)
    return figure
