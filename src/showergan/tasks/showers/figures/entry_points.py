"""Entry points of the particles, and their numbers in the bins of the conditional scores."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from showergan.comparison.summary import real_anchor
from showergan.io.hdf5 import opened_hdf5
from showergan.report.layout import framed, new_figure
from showergan.report.style import Style
from showergan.report.texts import with_minus
from showergan.tasks.showers import dataset
from showergan.tasks.showers.rectangles import Rectangles
from showergan.tasks.showers.sample import Particles

CELLS = 45
THIN = "#d55e00"
CENTRED: Any = {"ha": "center", "va": "center", "fontsize": "small"}


def entry_points(style: Style, data: Path, reference: Path, anchors: pd.DataFrame) -> Figure:
    """Draw the density of training entry points, and beside it the bins with their counts and scores of real showers.

    A bin that is flagged for real showers is marked as thin.
    """
    train = dataset.load(data, "train").point
    partition, counts = held_out(reference)
    figure = new_figure(5.2)
    axes, table = figure.subplots(1, 2, width_ratios=[1.35, 1])
    *_, cells = axes.hist2d(*train.T, CELLS, cmap=style.colormap, cmin=1, rasterized=True)
    figure.colorbar(cells, ax=axes, label="Training showers per cell", location="left", aspect=30)
    for draw, edges in ((axes.axvline, partition.x_edges), (axes.axhline, partition.y_edges)):
        for edge in edges[1:-1]:
            draw(edge, color="black", linewidth=1.2)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.set(xlabel="x of the entry point [cm]", ylabel="y of the entry point [cm]", aspect="equal")
    axes.set_title("Training showers, and the edges of the bins")
    _table(table, partition, counts, anchors)
    return figure


def _table(
    axes: Axes, partition: Rectangles, counts: dict[str, np.ndarray], anchors: pd.DataFrame
) -> None:
    """Write counts and scores of each bin in a square at its place: on the density they would hide the data."""
    real = real_anchor(anchors).query("metric == 'prd_auc'")
    scores = real.pivot_table(index="bin", columns="space", values="value", dropna=False)
    thin = set(real.loc[real["flagged"].astype(bool), "bin"])
    columns, rows = len(partition.x_edges) - 1, len(partition.y_edges) - 1
    for number in range(partition.n_bins):
        is_thin = str(number) in thin
        iy, ix = divmod(number, columns)
        fill: Any = {"facecolor": THIN if is_thin else "none", "alpha": 0.15 if is_thin else None}
        axes.add_patch(Rectangle((ix, iy), 1, 1, linewidth=0, **fill))
        lines = ["THIN"] * is_thin
        lines += [f"{split} {of_bin[number]}" for split, of_bin in counts.items()]
        lines += [
            f"{space} {scores[space].get(str(number), np.nan):.2f}"
            for space in ("E", "P")
            if space in scores and np.isfinite(scores[space].get(str(number), np.nan))
        ]
        colour = THIN if is_thin else "black"
        axes.text(ix + 0.5, iy + 0.5, "\n".join(lines), color=colour, **CENTRED)
    axes.set(xlim=(0, columns), ylim=(0, rows), aspect="equal")
    x, y = (
        [with_minus(f"{edge:.2g}") for edge in edges[1:-1]]
        for edges in (partition.x_edges, partition.y_edges)
    )
    axes.set_xticks(range(1, columns), x)
    axes.set_yticks(range(1, rows), y)
    axes.grid(color="0.6")
    framed(axes)
    axes.set(xlabel="edges in x [cm]", ylabel="edges in y [cm]")
    axes.set_title("Held-out showers per bin,\nand PRD-AUC of real against real")


def held_out(reference: Path) -> tuple[Rectangles, dict[str, np.ndarray]]:
    """Return the bins, and how many of the showers held out for each purpose fall into each."""
    counts: dict[str, np.ndarray] = {}
    with opened_hdf5(reference) as file:
        edges = (tuple(file.attrs[f"{axis}_edges_cm"].tolist()) for axis in "xy")
        partition = Rectangles(*edges)
        for split in ("select", "test"):
            points = Particles.from_array(file[f"{split}/conditions"][:]).point
            counts[split] = np.bincount(partition.assign(points), minlength=partition.n_bins)
    return partition, counts
