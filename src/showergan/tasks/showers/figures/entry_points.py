"""Where the particles enter, and how many fall into each bin of the conditional scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from showergan import comparison
from showergan.drawing.registry import DATA, register_figure
from showergan.drawing.style import Style, new_figure
from showergan.heavy import mpl, np, pd
from showergan.tasks import showers
from showergan.tasks.showers.drawing.reference_file import read_entry_points, read_partition

CELLS = 45
THIN = "#d55e00"


@register_figure("Entry points and their bins", DATA)
def entry_points(
    style: Style, data: Path, reference: Path, anchors: pd.DataFrame
) -> mpl.figure.Figure:
    """Draw the density of training entry points and the bins with their counts and the scores of real showers.

    A bin that is flagged for real showers is marked as thin.
    """
    train = showers.dataset.load(data, "train").point
    held_out = read_entry_points(reference)
    partition = read_partition(reference)
    figure = new_figure(8.4)
    axes = figure.subplots()
    *_, cells = axes.hist2d(
        train[:, 0], train[:, 1], CELLS, cmap=style.colormap, cmin=1, rasterized=True
    )
    figure.colorbar(cells, ax=axes, label="Training showers per cell", aspect=30)
    counts = held_out[["bin", "split"]].value_counts()
    real = comparison.real_anchor(anchors)
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
        axis.set_major_locator(mpl.ticker.MaxNLocator(10, steps=[1, 2, 5, 10]))
    axes.set_title("Held-out showers and PRD-AUC of real against real per bin", fontsize="medium")
    axes.set(xlabel="x of the entry point [cm]", ylabel="y of the entry point [cm]", aspect="equal")
    return figure


def _rectangle(
    partition: showers.rectangles.Rectangles, number: int, **look: Any
) -> mpl.patches.Rectangle:
    iy, ix = divmod(number, len(partition.x_edges) - 1)
    x, right = partition.x_edges[ix : ix + 2]
    y, top = partition.y_edges[iy : iy + 2]
    return mpl.patches.Rectangle(
        (x, y), right - x, top - y, **({"fill": "facecolor" in look} | look)
    )
