"""All methods judged by all metrics, as a map."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from showergan.report.anchors import REFERENCES
from showergan.report.heat_map import NONE, UNKNOWN, Grid, draw_map, sentence
from showergan.report.labels import fitted, records
from showergan.report.layout import WIDTH_INCH, Key, empty_figure, legend_below, new_figure
from showergan.report.numbers import compact, counted
from showergan.report.registry import GLANCE, register_figure
from showergan.report.style import Style

# Vermillion stands apart from every colour of viridis, for the colour-blind too.
WARNING = "#d55e00"
INCOMPLETE = "*"
ZERO = 0.005  # positions that differ from 0 by less than they are read to
GAP_INCH = 0.2  # between methods and references
CELL_INCH = 0.29
TURNED_BELOW_INCH = 1.0  # columns narrower than this have upright labels


@register_figure("2 Scorecard", GLANCE)
def scorecard(style: Style, scorecard_means: pd.DataFrame) -> Figure:
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
        str(name): _cells(part, order) for name, part in means.groupby("architecture", sort=False)
    }
    titles = list(dict.fromkeys(means["title"]))
    side_inch = 0.3 + 0.56 * max(map(len, titles)) * rcParams["ytick.labelsize"] / 72
    column_inch = (WIDTH_INCH - side_inch - GAP_INCH) / len(order)
    figure = new_figure(1.0 + len(blocks) * (1.7 + CELL_INCH * len(titles)))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    colours = style.colormap.with_extremes(under=WARNING, bad=UNKNOWN)
    seeds = counted("seed", *means["n_seeds"].dropna())
    mean = "one seed" if seeds == "1 seed" else f"mean of {seeds}"
    told = f"on test at the epoch chosen on select, {mean}"
    for panel, (architecture, grid) in zip(axes, blocks.items(), strict=True):
        _block(panel, grid, labels, len(methods), colours, column_inch)
        head = f"{architecture}, " * (len(blocks) > 1)
        panel.set_title(sentence(head + told), pad=10)
    figure.colorbar(
        ScalarMappable(Normalize(0, 1), style.colormap),
        ax=list(axes),
        location="bottom",
        label=f"position: 0 worst or untrained, 1 {REFERENCES[references[0]]}",
        aspect=45,
        shrink=0.6,
        pad=0.02,
    )
    legend_below(
        figure, _key({text for grid in blocks.values() for text in grid.texts.to_numpy().flat})
    )
    return figure


def _cells(table: pd.DataFrame, order: list[str]) -> Grid:
    """Return the map of one architecture; methods that it lacks stay without values."""
    texts = table.assign(text=[_cell(row) for row in records(table)])
    titles = list(dict.fromkeys(table["title"]))
    positions, shown = (
        texts.pivot_table(value, "title", "method", aggfunc="first").reindex(titles, columns=order)
        for value in ("position", "text")
    )
    return Grid(positions.mask(positions.abs() < ZERO, 0.0), shown.astype(object).fillna(NONE))


def _cell(row: dict[str, Any]) -> str:
    if math.isnan(row["mean"]):
        return NONE
    missing = not row["reference"] and row["n_values"] != row["n_seeds"]
    return compact(row["mean"]).replace("-", "\N{MINUS SIGN}") + INCOMPLETE * missing


def _block(
    axes: Axes,
    grid: Grid,
    labels: dict[str, str],
    n_methods: int,
    colours: Colormap,
    column_inch: float,
) -> None:
    """Draw the map of one architecture: the methods, and apart from them the references."""
    gap = GAP_INCH / column_inch
    longest = grid.texts.map(len).to_numpy().max()
    size = min(rcParams["ytick.labelsize"], 72 * column_inch / (0.8 * longest))
    for part, left in ((slice(n_methods), 0.0), (slice(n_methods, None), n_methods + gap)):
        cells = Grid(grid.values.iloc[:, part], grid.texts.iloc[:, part])
        draw_map(axes, cells, (colours, Normalize(0, 1)), left, size=size)
    names = [labels[str(name)] for name in grid.values]
    middles = [i + 0.5 + gap * (i >= n_methods) for i in range(len(names))]
    turned = column_inch < TURNED_BELOW_INCH
    letters = 20 if turned else int(column_inch * 72 / (0.6 * rcParams["xtick.labelsize"]))
    axes.set_xticks(middles, [fitted(name, letters) for name in names], linespacing=1.0)
    axes.set_xlim(0, len(names) + gap)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, rotation=90 if turned else 0)


def _key(texts: set[str]) -> Key:
    """Return the legend of the cells that are not in the colour bar."""
    colours = {"below 0: worse than untrained": WARNING}
    if NONE in texts:
        colours[f"{NONE} no value"] = UNKNOWN
    if any(text.endswith(INCOMPLETE) for text in texts):
        colours[f"{INCOMPLETE} some seeds without a value"] = "none"
    square = {"marker": "s", "markersize": 9, "linestyle": ""}
    return {label: {**square, "color": colour} for label, colour in colours.items()}
