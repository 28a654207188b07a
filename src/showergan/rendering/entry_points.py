"""Where the particles enter, and how many fall into each bin of the conditional scores."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from showergan.metrics.partition import Partition
from showergan.rendering.style import Style, new_figure, themed

CELLS = 60
THIN = "#d55e00"


@themed
def entry_points(
    style: Style,
    train: NDArray[np.floating],
    held_out: pd.DataFrame,
    partition: Partition,
    ceiling: pd.DataFrame,
) -> Figure:
    """Draw the density of training entry points and the bins with their counts and ceilings.

    Args:
        style: of all figures.
        train: entry points of the training showers [cm], shape (n, 2).
        held_out: columns split ("select" or "test") and bin of each held-out shower.
        partition: the bins.
        ceiling: real-against-real scores per space and bin; a flagged bin is marked as thin.
    """
    figure = new_figure(8.4)
    axes = figure.subplots()
    *_, cells = axes.hist2d(
        *train.T, bins=CELLS, cmap=style.colormap, cmin=1, alpha=0.8, rasterized=True
    )
    figure.colorbar(cells, ax=axes, label="Training showers per cell", aspect=30)
    counts = held_out.groupby(["bin", "split"]).size().unstack("split", fill_value=0)
    counts = counts.reindex(range(partition.n_bins), fill_value=0)
    scores = ceiling.pivot_table(index="bin", columns="space", values="prd_auc", dropna=False)
    thin = set(ceiling.loc[ceiling["flagged"].astype(bool), "bin"])
    for number in range(partition.n_bins):
        is_thin = str(number) in thin
        box = _rectangle(partition, number)
        # Neighbours share edges: a thin bin's own is drawn inside them.
        box.set(
            edgecolor=THIN if is_thin else "0.25",
            linestyle="--" if is_thin else "-",
            linewidth=1.8 if is_thin else 1.0,
            zorder=3 if is_thin else 2,
        )
        axes.add_patch(box)
        lines = [f"select {counts['select'][number]}, test {counts['test'][number]}"]
        lines += [
            f"ceiling {space} {scores[space].get(str(number), np.nan):.2f}"
            for space in ("E", "P")
            if space in scores
        ]
        if is_thin:
            lines.insert(0, "THIN")
        axes.annotate(
            "\n".join(lines),
            (box.get_x(), box.get_y() + box.get_height()),
            xytext=(5, -5),
            textcoords="offset points",
            va="top",
            fontsize="small",
            color=THIN if is_thin else "black",
            bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "alpha": 0.85, "linewidth": 0},
            zorder=4,
        )
    axes.set(xlabel="x of the entry point [cm]", ylabel="y of the entry point [cm]", aspect="equal")
    return figure


def _rectangle(partition: Partition, number: int) -> Rectangle:
    iy, ix = divmod(number, len(partition.x_edges) - 1)
    x, right = partition.x_edges[ix : ix + 2]
    y, top = partition.y_edges[iy : iy + 2]
    return Rectangle((x, y), right - x, top - y, fill=False)
