"""Maps of metrics: scores of all methods in all metrics, and the agreement of metrics on their order."""

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from showergan.config.catalogue.applicable import FEWEST_METHODS
from showergan.report.layout import WIDTH_INCH, empty_figure, legend_below, new_figure
from showergan.report.runs import REFERENCES
from showergan.report.style import Style
from showergan.report.texts import compact, counted, fitted, records, sentence, with_minus

UNKNOWN = "0.92"  # colour of a cell without a value
NONE = "\N{EN DASH}"  # its text
# Vermillion stands apart from every colour of viridis, for the colour-blind too.
WARNING = "#d55e00"
INCOMPLETE = "*"
ZERO = 0.005  # positions that differ from 0 by less than they are read to
GAP_INCH = 0.2  # between methods and references
CELL_INCH = 0.29
COLOURS_INCH = 1.3  # a bar of colours at the right, with its label
TURNED_BELOW_INCH = 1.0  # columns narrower than this have upright labels


class Grid(NamedTuple):
    """The cells of a map, a row per metric and a column per method: values, shown by colours, and texts."""

    values: pd.DataFrame
    texts: pd.DataFrame


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
    labels = {m: style.labels[m] for m in methods} | {r: REFERENCES[r] for r in references}
    parts = means.groupby("architecture", sort=False)
    blocks = {str(name): _cells(part, labels) for name, part in parts}
    titles = list(dict.fromkeys(means["title"]))
    column_inch = (WIDTH_INCH - _side_inch(titles) - GAP_INCH) / len(labels)
    figure = new_figure(1.0 + len(blocks) * (1.7 + CELL_INCH * len(titles)))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    colours = style.colormap.with_extremes(under=WARNING, bad=UNKNOWN)
    seeds = counted("seed", *means["n_seeds"].dropna())
    mean = "one seed" if seeds == "1 seed" else f"mean of {seeds}"
    for panel, (architecture, grid) in zip(axes, blocks.items(), strict=True):
        _block(panel, grid, len(methods), colours, column_inch)
        head = f"{architecture}, " * (len(blocks) > 1)
        basis = f"{head}on test at the epoch chosen on select, {mean}"
        panel.set_title(sentence(basis), pad=10)
    place: Any = {"location": "bottom", "aspect": 45, "shrink": 0.6, "pad": 0.02}
    label = f"position: 0 worst or untrained, 1 {REFERENCES[references[0]]}"
    scale = ScalarMappable(Normalize(0, 1), style.colormap)
    figure.colorbar(scale, ax=list(axes), label=label, **place)
    texts = {text for grid in blocks.values() for text in grid.texts.to_numpy().flat}
    marks = {}  # cells that are not in the colour bar
    if any((grid.values < 0).any(axis=None) for grid in blocks.values()):
        marks["below 0: worse than untrained"] = WARNING
    if NONE in texts:
        marks[f"{NONE} no value"] = UNKNOWN
    if any(text.endswith(INCOMPLETE) for text in texts):
        marks[f"{INCOMPLETE} some seeds without a value"] = "none"
    square = {"marker": "s", "markersize": 9, "linestyle": ""}
    legend_below(figure, {name: {**square, "color": colour} for name, colour in marks.items()})
    return figure


def rank_agreement(style: Style, agreement: pd.DataFrame) -> Figure:
    """Draw Kendall's tau of every two metrics over the methods: 1, the same order; -1, the opposite one."""
    blocks = {
        str(name): part
        for name, part in agreement.groupby("architecture", sort=False)
        if part["n_methods"].max() >= FEWEST_METHODS
    }
    if not blocks:
        most = int(agreement["n_methods"].max()) if len(agreement) else 0
        return empty_figure(
            f"Metrics agree where they rank methods alike, and ranks mean nothing below {FEWEST_METHODS} methods:"
            f" this run has {most}."
        )
    n_metrics = max(part["metric"].nunique() for part in blocks.values())
    figure = new_figure(1.2 + len(blocks) * (1.8 + 0.36 * n_metrics))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    # Everybody can distinguish red and blue; the white between is "no relation".
    colours = colormaps["RdBu"].with_extremes(bad=UNKNOWN), Normalize(-1, 1)
    for panel, (architecture, part) in zip(axes, blocks.items(), strict=True):
        metrics = list(dict.fromkeys(part["metric"]))
        # Of three methods or more only: two are always in the same order or in the opposite one.
        known = part["n_methods"] >= FEWEST_METHODS
        tau = part.assign(tau=part["tau"].where(known)).pivot_table(
            "tau", "metric", "other", dropna=False
        )
        tau = tau.reindex(index=metrics[1:], columns=metrics[:-1])
        # Every pair once: the other half would say the same.
        half = np.tri(len(tau), dtype=bool)
        texts = tau.map(lambda value: with_minus(f"{value:z.1f}") if math.isfinite(value) else NONE)
        room_inch = WIDTH_INCH - _side_inch(metrics) - COLOURS_INCH
        size = _text_size(room_inch / len(tau.columns), 4)  # -0.5 has four letters
        draw_map(panel, Grid(tau, texts.where(half, "")), colours, size, drawn=half)
        panel.set_xticks(np.arange(len(tau)) + 0.5, list(tau), rotation=90)
        head = f"{architecture}, " * (len(blocks) > 1)
        number = counted("method", *part["n_methods"][known])
        panel.set_title(sentence(f"{head}order of {number} by mean position over seeds"))
    label = with_minus("Kendall's tau: 1 same order, 0 unrelated, -1 opposite order")
    figure.colorbar(ScalarMappable(*colours[::-1]), ax=list(axes), label=label, aspect=30)
    return figure


def draw_map(
    axes: Axes,
    grid: Grid,
    scale: tuple[Colormap, Normalize],
    size: float,
    left: float = 0.0,
    drawn: NDArray[np.bool_] | bool = True,
) -> None:
    """Draw the cells of a map from x = left on, one unit wide and high, and name its rows; y counts downwards.

    The scale has the colours and their ends. The size of texts is in points. By default all cells are drawn.
    """
    values = grid.values.to_numpy(dtype=float)
    colours = scale[0](scale[1](np.ma.masked_invalid(values)))
    # Minus infinity is a value, and the worst; not a missing one.
    colours[np.isneginf(values)] = scale[0].get_under()
    colours[~np.broadcast_to(drawn, values.shape), 3] = 0
    rows, columns = values.shape
    x, y = left + np.arange(columns + 1), np.arange(rows + 1)
    axes.pcolormesh(x, y, colours, edgecolors="white", linewidth=1)
    centred: Any = {"ha": "center", "va": "center", "fontsize": size}
    for (row, column), text in np.ndenumerate(grid.texts.to_numpy()):
        red, green, blue, _ = colours[row, column]
        colour = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.48 else "0.1"
        # Not by colour alone.
        weight = "bold" if values[row, column] < (scale[1].vmin or 0) else "normal"
        place = left + column + 0.5, row + 0.5
        axes.text(*place, text, color=colour, fontweight=weight, **centred)
    axes.set_yticks(np.arange(rows) + 0.5, list(grid.values.index))
    axes.set(xlim=(0, left + columns), ylim=(rows, 0))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _cells(table: pd.DataFrame, labels: dict[str, str]) -> Grid:
    """Return the map of one architecture; methods that it lacks stay without values."""
    cells = []
    for row in records(table):
        missing = not row["reference"] and row["n_values"] != row["n_seeds"]
        known = with_minus(compact(row["mean"])) + INCOMPLETE * missing
        cells.append(NONE if math.isnan(row["mean"]) else known)
    texts = table.assign(text=cells)
    titles = list(dict.fromkeys(table["title"]))
    positions, shown = (
        texts.pivot_table(value, "title", "method", aggfunc="first")
        .reindex(titles, columns=list(labels))
        .rename(columns=labels)
        for value in ("position", "text")
    )
    return Grid(positions.mask(positions.abs() < ZERO, 0.0), shown.astype(object).fillna(NONE))


def _side_inch(titles: list[str]) -> float:
    """Return the width of the longest name of a row, about."""
    return 0.3 + 0.56 * max(map(len, titles)) * rcParams["ytick.labelsize"] / 72


def _text_size(column_inch: float, letters: int) -> float:
    """Return the size in points at which a text of some letters does not leave its cell."""
    return min(rcParams["ytick.labelsize"], 72 * column_inch / (0.8 * letters))


def _block(axes: Axes, grid: Grid, n_methods: int, colours: Colormap, column_inch: float) -> None:
    """Draw the map of one architecture: the methods, and apart from them the references."""
    gap = GAP_INCH / column_inch
    size = _text_size(column_inch, grid.texts.map(len).to_numpy().max())
    for part, left in ((slice(n_methods), 0.0), (slice(n_methods, None), n_methods + gap)):
        cells = Grid(grid.values.iloc[:, part], grid.texts.iloc[:, part])
        draw_map(axes, cells, (colours, Normalize(0, 1)), size, left)
    names = list(map(str, grid.values))
    middles = [i + 0.5 + gap * (i >= n_methods) for i in range(len(names))]
    turned = column_inch < TURNED_BELOW_INCH
    letters = 20 if turned else int(column_inch * 72 / (0.6 * rcParams["xtick.labelsize"]))
    axes.set_xticks(middles, [fitted(name, letters) for name in names], linespacing=1.0)
    axes.set_xlim(0, len(names) + gap)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, rotation=90 if turned else 0)
