"""All methods judged by all metrics: as a map, as a table, and whether the metrics agree."""

import math
from collections.abc import Hashable
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.evaluation.scorecard import ANCHORS, ENTRIES, position
from showergan.rendering.labels import fitted
from showergan.rendering.nothing import nothing
from showergan.rendering.style import WIDTH_INCH, Style, legend_below, new_figure, themed

REFERENCES = {
    "ceiling": "real against real (ceiling)",
    "shuffled": "real, conditions shuffled",
    "untrained": "untrained generator",
}

# Of the maps. Vermillion stands apart from every colour of viridis, for the colour-blind too.
WARNING = "#d55e00"
UNKNOWN = "0.92"
NONE = "\N{EN DASH}"
INCOMPLETE = "*"
ZERO = 0.005  # positions that differ from 0 by less than they are read to
GAP_INCH = 0.2  # between methods and references
CELL_INCH = 0.29
TURNED_BELOW_INCH = 1.0  # columns narrower than this have upright labels

FEWEST = 3  # methods whose order says anything

_GROUP = ["discriminator", "method", "learning_rates"]


class Grid(NamedTuple):
    """The cells of a map: a row per metric and a column per method.

    Attributes:
        values: what the colour shows.
        texts: what stands in the cells.
        names: labels of the columns.
    """

    values: pd.DataFrame
    texts: pd.DataFrame
    names: list[str]


@themed
def scorecard(style: Style, card: pd.DataFrame) -> Figure:
    """Draw a map of the chosen runs: the number is the mean over seeds, the colour its place on the metric's scale.

    Cells below that scale have a warning colour, however far below they are. The last columns are what real showers
    and an untrained generator get. One map per discriminator.

    Args:
        style: of all figures.
        card: as `evaluation.scorecard.scorecard` returns it.
    """
    table = numbers(card)
    methods = [m for m in style.labels if m in set(table.loc[~table["reference"], "method"])]
    if not methods:
        return nothing("No method of this run was judged.")
    order, labels = [*methods, *REFERENCES], {**style.labels, **REFERENCES}
    blocks = {
        str(name): _cells(part, order, labels)
        for name, part in table.groupby("discriminator", sort=False)
    }
    titles = list(dict.fromkeys(card["title"]))
    side_inch = 0.3 + 0.56 * max(map(len, titles)) * mpl.rcParams["ytick.labelsize"] / 72
    column_inch = (WIDTH_INCH - side_inch - GAP_INCH) / len(order)
    figure = new_figure(1.0 + len(blocks) * (1.7 + CELL_INCH * len(titles)))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    colours = style.colormap.with_extremes(under=WARNING, bad=UNKNOWN)
    for panel, (discriminator, grid) in zip(axes, blocks.items(), strict=True):
        _block(panel, grid, colours, column_inch)
        head = f"{discriminator} discriminator, " * (len(blocks) > 1)
        panel.set_title(_sentence(head + _sample(card)), fontsize="medium", pad=10)
    figure.colorbar(
        ScalarMappable(Normalize(0, 1), style.colormap),
        ax=list(axes),
        location="bottom",
        label="position: 0 worst or untrained, 1 real against real",
        aspect=45,
        shrink=0.6,
        pad=0.02,
    )
    legend_below(
        figure, *_key({text for block in blocks.values() for text in block.texts.to_numpy().flat})
    )
    return figure


@themed
def rank_agreement(style: Style, table: pd.DataFrame) -> Figure:
    """Draw Kendall's tau of every two metrics over the methods: 1, the same order; -1, the opposite one.

    Args:
        style: of all figures.
        table: as `evaluation.scorecard.rank_agreement` returns it.
    """
    blocks = {
        str(name): part
        for name, part in table.groupby("discriminator", sort=False)
        if part["n_methods"].max() >= FEWEST
    }
    if not blocks:
        most = int(table["n_methods"].max()) if len(table) else 0
        return nothing(
            f"Metrics agree where they rank methods alike, and ranks mean nothing below {FEWEST} methods:"
            f" this run has {most}."
        )
    n_metrics = max(part["metric"].nunique() for part in blocks.values())
    figure = new_figure(1.2 + len(blocks) * (1.8 + 0.36 * n_metrics))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    # Red and blue are told apart by all; the white between is "no relation".
    colours = (
        mpl.colormaps["RdBu"].with_extremes(bad=UNKNOWN),
        Normalize(-1, 1),
    )
    for panel, (discriminator, part) in zip(axes, blocks.items(), strict=True):
        metrics = list(dict.fromkeys(part["metric"]))
        # Of three methods or more only: two are always in the same order or in the opposite one.
        known = part.assign(tau=part["tau"].where(part["n_methods"] >= FEWEST))
        tau = known.pivot_table("tau", "metric", "other", dropna=False)
        tau = tau.reindex(index=metrics[1:], columns=metrics[:-1])
        # Every pair once: the other half would say the same.
        half = np.tri(len(tau), dtype=bool)
        texts = tau.map(lambda value: _signed(value) if math.isfinite(value) else NONE).where(
            half, ""
        )
        _map(
            panel,
            Grid(tau, texts, metrics[:-1]),
            colours,
            0,
            mpl.rcParams["xtick.labelsize"] * 0.9,
            half,
        )
        panel.set_xticks(np.arange(len(tau)) + 0.5, list(tau), rotation=90)
        panel.set_yticks(np.arange(len(tau)) + 0.5, list(tau.index))
        panel.set(xlim=(0, len(tau)), ylim=(len(tau), 0))
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        head = f"{discriminator} discriminator, " * (len(blocks) > 1)
        panel.set_title(_sentence(head + _ranked(part)), fontsize="medium")
    figure.colorbar(
        ScalarMappable(colours[1], colours[0]),
        ax=list(axes),
        label="Kendall's tau: 1 same order, 0 unrelated, \N{MINUS SIGN}1 opposite order",
        aspect=30,
    )
    return figure


def numbers(card: pd.DataFrame) -> pd.DataFrame:
    """Return mean and sd (n - 1) over seeds of every metric, per method at its chosen learning rates.

    Args:
        card: as `evaluation.scorecard.scorecard` returns it.

    Returns:
        One row per discriminator, method and metric, then the references (`reference` is true, the method one of
        `REFERENCES`): metric, space, bin and title; mean and sd; position, its mean; n_values, seeds that have a value,
        of n_seeds; n showers, the least.
    """
    chosen = card[card["chosen"].astype(bool)]
    metric = ["metric", "space", "bin", "title"]
    groups = chosen.groupby([*_GROUP, *metric], sort=False)
    ours = pd.DataFrame(
        {
            "mean": groups["value"].mean(),
            "sd": groups["value"].std(ddof=1),
            "position": groups["position"].mean(),
            "n_values": groups["value"].count(),
            "n_seeds": groups["seed"].nunique(),
            "n": groups["n"].min(),
        }
    ).reset_index()
    ends = chosen.drop_duplicates(["discriminator", "title"])
    worst = ends["title"].map({entry.title: entry.worst for entry in ENTRIES}).astype(float)
    worst = worst.fillna(ends["untrained"])
    parts = [ours.assign(reference=False)]
    for anchor in ANCHORS:
        part = ends[["discriminator", *metric]].assign(method=anchor, mean=ends[anchor])
        part["position"] = position(ends[anchor], ends["ceiling"], worst, ends["metric"])
        parts.append(part.assign(reference=True))
    table = pd.concat(parts, ignore_index=True)
    for column in ("n_values", "n_seeds", "n"):  # references have none
        table[column] = table[column].astype("Int64")
    return table[["reference", *_GROUP, *metric, *(c for c in ours if c not in _GROUP + metric)]]


def layout(numbers: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the table as people read it: one row per method and reference, "mean ± sd" per metric.

    Args:
        numbers: as `numbers` returns it.
        labels: names of the methods in their order; other methods are left out.
    """
    several = len(numbers["discriminator"].unique()) > 1
    titles = list(dict.fromkeys(numbers["title"]))
    rows = []
    for discriminator, part in numbers.groupby("discriminator", sort=False):
        for method, label in {**labels, **REFERENCES}.items():
            own = part[(part["method"] == method) & (part["reference"] == (method in REFERENCES))]
            if own.empty:
                continue
            row = {"method": f"{label} {discriminator}" if several else label}
            seeds = own["n_seeds"].max()
            row["seeds"] = "" if pd.isna(seeds) else str(seeds)
            rows.append({**row, **{str(r["title"]): _entry(r) for r in own.to_dict("records")}})
    return pd.DataFrame(rows, columns=["method", "seeds", *titles], dtype=str).fillna("")


def compact(value: float) -> str:
    """Return a number of any size in at most about seven characters: 0.72, 12.3, 3305, 1.4e28, 7e-4."""
    size = abs(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if size >= 99_999.5 or size < 0.001:
        digits, power = f"{value:.{1 if size > 1 else 0}e}".split("e")
        return f"{digits}e{int(power)}"
    if size >= 99.95:
        return f"{value:.0f}"
    if size >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.00995 else f"{value:.3f}"


def plus_minus(mean: float, sd: float) -> str:
    """Return "0.766 ± 0.040", "(1.4 ± 0.3)e28", one number without an sd, and nothing without a mean."""
    if pd.isna(mean):
        return ""
    spread = 0.0 if pd.isna(sd) or not math.isfinite(sd) else sd
    size = max(abs(mean), spread)
    if not math.isfinite(size):
        return compact(mean)
    power = math.floor(math.log10(size)) if size > 0 else 0
    scaled = not -3 <= power <= 4
    decimals = 1 if scaled else max(0, min(3, 3 - power))
    shown, unit = (10.0**power, f"e{power}") if scaled else (1.0, "")
    if pd.isna(sd):
        return f"{mean / shown:.{decimals}f}{unit}"
    both = f"{mean / shown:.{decimals}f} ± {sd / shown:.{decimals}f}"
    return f"({both}){unit}" if scaled else both


def _cells(table: pd.DataFrame, order: list[str], labels: dict[str, str]) -> Grid:
    """Return the map of one discriminator; methods that it lacks stay without values."""
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


def _entry(row: dict[Hashable, object]) -> str:
    """Return a cell of the table, with how many seeds it rests on where some have no value."""
    text = plus_minus(float(row["mean"]), float(row["sd"]))  # type: ignore[arg-type]
    if text and not row["reference"] and row["n_values"] != row["n_seeds"]:
        text += f" ({row['n_values']} of {row['n_seeds']} seeds)"
    return text


def _block(axes: Axes, grid: Grid, colours: Colormap, column_inch: float) -> None:
    """Draw the map of one discriminator: the methods, and apart from them the references."""
    n_methods, gap = len(grid.names) - len(REFERENCES), GAP_INCH / column_inch
    longest = grid.texts.map(len).to_numpy().max()
    size = min(mpl.rcParams["ytick.labelsize"], 72 * column_inch / (0.8 * longest))
    scale = colours, Normalize(0, 1)
    _map(axes, _columns(grid, slice(0, n_methods)), scale, 0, size)
    _map(axes, _columns(grid, slice(n_methods, None)), scale, n_methods + gap, size)
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


def _key(texts: set[str]) -> tuple[list[Line2D], list[str]]:
    """Return the legend of the cells that are not in the colour bar."""
    keys = [(WARNING, "below 0: worse than untrained")]
    if NONE in texts:
        keys.append((UNKNOWN, f"{NONE} no value"))
    if any(text.endswith(INCOMPLETE) for text in texts):
        keys.append(("none", f"{INCOMPLETE} some seeds without a value"))
    squares = [Line2D([], [], color=c, marker="s", markersize=9, linestyle="") for c, _ in keys]
    return squares, [text for _, text in keys]


def _columns(grid: Grid, part: slice) -> Grid:
    return Grid(grid.values.iloc[:, part], grid.texts.iloc[:, part], grid.names[part])


def _map(
    axes: Axes,
    grid: Grid,
    scale: tuple[Colormap, Normalize],
    left: float,
    size: float,
    drawn: np.ndarray | None = None,
) -> QuadMesh:
    """Draw the cells of a map from x = left on, one unit wide and high; y counts downwards.

    Args:
        axes: of the panel.
        grid: the cells.
        scale: colours and their ends.
        left: x of the left end.
        size: of the texts, in points.
        drawn: which cells there are, all by default.
    """
    values = grid.values.to_numpy(dtype=float)
    colours = scale[0](scale[1](np.ma.masked_invalid(values)))
    # Minus infinity is a value, and the worst; not a missing one.
    colours[np.isneginf(values)] = scale[0].get_under()
    if drawn is not None:
        colours[~drawn, 3] = 0
    rows, columns = values.shape
    mesh = axes.pcolormesh(
        left + np.arange(columns + 1),
        np.arange(rows + 1),
        colours,
        edgecolors="white",
        linewidth=1,
    )
    for (row, column), text in np.ndenumerate(grid.texts.to_numpy()):
        red, green, blue, _ = colours[row, column]
        is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.48
        axes.text(
            left + column + 0.5,
            row + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color="white" if is_dark else "0.1",
            # Not by colour alone.
            fontweight="bold" if values[row, column] < scale[1].vmin else "normal",
        )
    return mesh


def _signed(tau: float) -> str:
    text = f"{tau:.1f}".replace("-", "\N{MINUS SIGN}")
    return "0.0" if text.endswith("0.0") else text


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _sample(card: pd.DataFrame) -> str:
    """Return what the means are of."""
    seeds = card[card["chosen"].astype(bool)].groupby(_GROUP)["seed"].nunique()
    few, many = int(seeds.min()), int(seeds.max())
    number = f"{few}" if few == many else f"{few} to {many}"
    mean = "one seed" if number == "1" else f"mean of {number} seeds"
    return f"on test at the epoch chosen on select, {mean}"


def _ranked(part: pd.DataFrame) -> str:
    few, many = int(part["n_methods"].min()), int(part["n_methods"].max())
    number = f"{many}" if few == many else f"{few} to {many}"
    return f"order of {number} methods by mean position over seeds"
