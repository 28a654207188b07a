"""All methods judged by all metrics, as a map."""

from __future__ import annotations

import math
from collections.abc import Hashable

from showergan.drawing.anchors import REFERENCES
from showergan.drawing.empty_figure import empty_figure
from showergan.drawing.heat_map import NONE, UNKNOWN, Grid, draw_map, sentence
from showergan.drawing.labels import fitted
from showergan.drawing.numbers import compact
from showergan.drawing.registry import GLANCE, register_figure
from showergan.drawing.style import WIDTH_INCH, Style, legend_below, new_figure
from showergan.heavy import mpl, np, pd

# Vermillion stands apart from every colour of viridis, for the colour-blind too.
WARNING = "#d55e00"
INCOMPLETE = "*"
ZERO = 0.005  # positions that differ from 0 by less than they are read to
GAP_INCH = 0.2  # between methods and references
CELL_INCH = 0.29
TURNED_BELOW_INCH = 1.0  # columns narrower than this have upright labels


@register_figure("2 Scorecard", GLANCE)
def scorecard(style: Style, scorecard_means: pd.DataFrame) -> mpl.figure.Figure:
    """Draw a map of the chosen runs: the number is the mean over seeds, the colour its place on the metric's scale.

    Cells below that scale have a warning colour, however far below they are. The last columns are what real showers
    and an untrained generator get. One map per architecture.
    """
    means = scorecard_means
    is_end = means["reference"].astype(bool)
    methods = [m for m in style.labels if m in set(means.loc[~is_end, "method"])]
    if not methods:
        return empty_figure("No method of this run was judged.")
    references = [r for r in REFERENCES if r in set(means.loc[is_end, "method"])]
    order, labels = [*methods, *references], {**style.labels, **REFERENCES}
    blocks = {
        str(name): _cells(part, order, labels)
        for name, part in means.groupby("architecture", sort=False)
    }
    titles = list(dict.fromkeys(means["title"]))
    side_inch = 0.3 + 0.56 * max(map(len, titles)) * mpl.rcParams["ytick.labelsize"] / 72
    column_inch = (WIDTH_INCH - side_inch - GAP_INCH) / len(order)
    figure = new_figure(1.0 + len(blocks) * (1.7 + CELL_INCH * len(titles)))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    colours = style.colormap.with_extremes(under=WARNING, bad=UNKNOWN)
    for panel, (architecture, grid) in zip(axes, blocks.items(), strict=True):
        _block(panel, grid, len(methods), colours, column_inch)
        head = f"{architecture}, " * (len(blocks) > 1)
        panel.set_title(sentence(head + _sample(means[~is_end])), fontsize="medium", pad=10)
    figure.colorbar(
        mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 1), style.colormap),
        ax=list(axes),
        location="bottom",
        label=f"position: 0 worst or untrained, 1 {REFERENCES[references[0]]}",
        aspect=45,
        shrink=0.6,
        pad=0.02,
    )
    legend_below(
        figure, *_key({text for block in blocks.values() for text in block.texts.to_numpy().flat})
    )
    return figure


def _cells(table: pd.DataFrame, order: list[str], labels: dict[str, str]) -> Grid:
    """Return the map of one architecture; methods that it lacks stay without values."""
    texts = table.assign(text=[_cell(row) for row in table.to_dict("records")])
    titles = list(dict.fromkeys(table["title"]))
    positions = table.pivot_table("position", "title", "method")
    positions = positions.reindex(index=titles, columns=order)
    shown = texts.pivot_table("text", "title", "method", aggfunc="first")
    shown = shown.reindex(index=titles, columns=order).astype(object)
    return Grid(
        positions.mask(positions.abs() < ZERO, 0.0),
        shown.fillna(NONE),
        [labels[name] for name in order],
    )


def _cell(row: dict[Hashable, object]) -> str:
    mean = float(row["mean"])  # type: ignore[arg-type]
    if math.isnan(mean):
        return NONE
    missing = not row["reference"] and row["n_values"] != row["n_seeds"]
    return compact(mean).replace("-", "\N{MINUS SIGN}") + INCOMPLETE * missing


def _block(
    axes: mpl.axes.Axes,
    grid: Grid,
    n_methods: int,
    colours: mpl.colors.Colormap,
    column_inch: float,
) -> None:
    """Draw the map of one architecture: the methods, and apart from them the references."""
    gap = GAP_INCH / column_inch
    longest = grid.texts.map(len).to_numpy().max()
    size = min(mpl.rcParams["ytick.labelsize"], 72 * column_inch / (0.8 * longest))
    scale = colours, mpl.colors.Normalize(0, 1)
    draw_map(axes, _columns(grid, slice(0, n_methods)), scale, 0, size)
    draw_map(axes, _columns(grid, slice(n_methods, None)), scale, n_methods + gap, size)
    middles = [i + 0.5 + gap * (i >= n_methods) for i in range(len(grid.names))]
    turned = column_inch < TURNED_BELOW_INCH
    letters = 20 if turned else int(column_inch * 72 / (0.6 * mpl.rcParams["xtick.labelsize"]))
    axes.set_xticks(middles, [fitted(name, letters) for name in grid.names], linespacing=1.0)
    axes.set_yticks(np.arange(len(grid.texts)) + 0.5, grid.texts.index.to_list())
    axes.set(xlim=(0, len(grid.names) + gap), ylim=(len(grid.texts), 0))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.tick_params(axis="x", rotation=90 if turned else 0)
    axes.spines[:].set_visible(False)


def _key(texts: set[str]) -> tuple[list[mpl.lines.Line2D], list[str]]:
    """Return the legend of the cells that are not in the colour bar."""
    keys = [(WARNING, "below 0: worse than untrained")]
    if NONE in texts:
        keys.append((UNKNOWN, f"{NONE} no value"))
    if any(text.endswith(INCOMPLETE) for text in texts):
        keys.append(("none", f"{INCOMPLETE} some seeds without a value"))
    squares = [
        mpl.lines.Line2D([], [], color=c, marker="s", markersize=9, linestyle="") for c, _ in keys
    ]
    return squares, [text for _, text in keys]


def _columns(grid: Grid, part: slice) -> Grid:
    return Grid(grid.values.iloc[:, part], grid.texts.iloc[:, part], grid.names[part])


def _sample(means: pd.DataFrame) -> str:
    """Return what the means are of."""
    few, many = int(means["n_seeds"].min()), int(means["n_seeds"].max())
    number = f"{few}" if few == many else f"{few} to {many}"
    mean = "one seed" if number == "1" else f"mean of {number} seeds"
    return f"on test at the epoch chosen on select, {mean}"
