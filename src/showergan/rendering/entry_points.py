"""Where the particles enter, and how many fall into each bin of the conditional scores."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from showergan.comparison.summary import real_showers
from showergan.metrics.partition import Partition
from showergan.rendering.style import Style, new_figure, themed

CELLS = 45
THIN = "#d55e00"


@themed
def entry_points(
    style: Style,
    train: NDArray[np.floating],
    held_out: pd.DataFrame,
    partition: Partition,
    anchors: pd.DataFrame,
) -> Figure:
    """Draw the density of training entry points and the bins with their counts and the scores of real showers.

    Args:
        style: of all figures.
        train: entry points of the training showers [cm], shape (n, 2).
        held_out: columns split ("select" or "test") and bin of each held-out shower.
        partition: the bins.
        anchors: as `reference` writes them; a flagged bin of real showers is marked as thin.
    """
    figure = new_figure(8.4)
    axes = figure.subplots()
    *_, cells = axes.hist2d(
        train[:, 0], train[:, 1], CELLS, cmap=style.colormap, cmin=1, rasterized=True
    )
    figure.colorbar(cells, ax=axes, label="Training showers per cell", aspect=30)
    counts = held_out[["bin", "split"]].value_counts()
    real = real_showers(anchors)
    real = real[real["metric"] == "prd_auc"]
    scores = real.pivot_table(index="bin", columns="space", values="value", dropna=False)
    thin = set(real.loc[real["flagged"].astype(bool), "bin"])
    for number in range(partition.n_bins):
        is_thin = str(number) in thin
        box = _rectangle(partition, number)
        box.set(edgecolor="0.25", linewidth=1)
        axes.add_patch(box)
        if is_thin:  # behind the density, so that its colours keep their meaning
            axes.add_patch(_rectangle(partition, number, facecolor=THIN, alpha=0.15, zorder=0))
        lines = [f"{split} {counts.get((number, split), 0)}" for split in ("select", "test")]
        lines += [
            f"{space} {scores[space].get(str(number), np.nan):.2f}"
            for space in ("E", "P")
            if space in scores and np.isfinite(scores[space].get(str(number), np.nan))
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
            bbox={
                "boxstyle": "round,pad=0.25",
                "facecolor": "white",
                "alpha": 0.85,
                "linewidth": 0,
            },
            zorder=4,
        )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(10, steps=[1, 2, 5, 10]))
    axes.set_title("Held-out showers and PRD-AUC of real against real per bin", fontsize="medium")
    axes.set(xlabel="x of the entry point [cm]", ylabel="y of the entry point [cm]", aspect="equal")
    return figure


def _rectangle(partition: Partition, number: int, **look: Any) -> Rectangle:
    iy, ix = divmod(number, len(partition.x_edges) - 1)
    x, right = partition.x_edges[ix : ix + 2]
    y, top = partition.y_edges[iy : iy + 2]
    return Rectangle((x, y), right - x, top - y, **({"fill": "facecolor" in look} | look))
