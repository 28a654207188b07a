"""Where the particles enter, and how many fall into each bin of the conditional scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from showergan import comparison, reading
from showergan.drawing.layout import new_figure
from showergan.drawing.registry import DATA, register_figure
from showergan.drawing.style import Style
from showergan.heavy import mpl, np, pd
from showergan.tasks import showers

CELLS = 45
THIN = "#d55e00"
PAPER = {"boxstyle": "round,pad=0.25", "facecolor": "white", "alpha": 0.85, "linewidth": 0}


@register_figure("Entry points and their bins", DATA)
def entry_points(
    style: Style, data: Path, reference: Path, anchors: pd.DataFrame
) -> mpl.figure.Figure:
    """Draw the density of training entry points and the bins with their counts and the scores of real showers.

    A bin that is flagged for real showers is marked as thin.
    """
    train = showers.dataset.load(data, "train").point
    partition, counts = held_out(reference)
    figure = new_figure(8.4)
    axes = figure.subplots()
    *_, cells = axes.hist2d(
        train[:, 0], train[:, 1], CELLS, cmap=style.colormap, cmin=1, rasterized=True
    )
    figure.colorbar(cells, ax=axes, label="Training showers per cell", aspect=30)
    real = comparison.real_anchor(anchors)
    real = real[real["metric"] == "prd_auc"]
    scores = real.pivot_table(index="bin", columns="space", values="value", dropna=False)
    thin = set(real.loc[real["flagged"].astype(bool), "bin"])
    for number in range(partition.n_bins):
        is_thin = str(number) in thin
        iy, ix = divmod(number, len(partition.x_edges) - 1)
        (x, right), (y, top) = partition.x_edges[ix : ix + 2], partition.y_edges[iy : iy + 2]
        box = (x, y), right - x, top - y
        axes.add_patch(mpl.patches.Rectangle(*box, fill=False, edgecolor="0.25", linewidth=1))
        if is_thin:  # behind the density, so that its colours keep their meaning
            shade: Any = {"facecolor": THIN, "alpha": 0.15, "zorder": 0}
            axes.add_patch(mpl.patches.Rectangle(*box, **shade))
        lines = ["THIN"] * is_thin
        lines += [f"{split} {of_bin[number]}" for split, of_bin in counts.items()]
        lines += [
            f"{space} {scores[space].get(str(number), np.nan):.2f}"
            for space in ("E", "P")
            if space in scores and np.isfinite(scores[space].get(str(number), np.nan))
        ]
        place: Any = {"xytext": (5, -5), "textcoords": "offset points", "va": "top", "bbox": PAPER}
        look: Any = {"fontsize": "small", "color": THIN if is_thin else "black", "zorder": 4}
        axes.annotate("\n".join(lines), (x, top), **place, **look)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(mpl.ticker.MaxNLocator(10, steps=[1, 2, 5, 10]))
    axes.set_title("Held-out showers and PRD-AUC of real against real per bin")
    axes.set(xlabel="x of the entry point [cm]", ylabel="y of the entry point [cm]", aspect="equal")
    return figure


def held_out(reference: Path) -> tuple[showers.rectangles.Rectangles, dict[str, np.ndarray]]:
    """Return the bins, and how many of the showers held out for each purpose fall into each."""
    counts: dict[str, np.ndarray] = {}
    with reading.opened_hdf5(reference) as file:
        edges = (tuple(file.attrs[f"{axis}_edges_cm"].tolist()) for axis in "xy")
        partition = showers.rectangles.Rectangles(*edges)
        for split in ("select", "test"):
            points = showers.Particles.of(file[f"{split}/conditions"][:]).point
            counts[split] = np.bincount(partition.assign(points), minlength=partition.n_bins)
    return partition, counts
