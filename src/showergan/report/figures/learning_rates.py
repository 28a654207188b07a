"""Scores at every pair of learning rates, and their area over those of the discriminator."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import NullLocator

from showergan.config.evaluation import EPOCHS
from showergan.report import layout
from showergan.report.runs import anchor_key, anchor_scores, draw_anchors
from showergan.report.style import DASHES, Dashes, Line, Style
from showergan.report.texts import counted, fitted, formatted, records

MAPS_PER_ROW = 3
FRAME: Any = {"fill": False, "edgecolor": "#d55e00", "linewidth": 3, "clip_on": False}
BAND = 0.13  # of its colour in a band
PANELS_PER_ROW = 4
OTHERS: Any = {"color": "0.82", "linewidth": 0.8, "zorder": 0.5}

# Of lines of a method: architecture, and learning rate of the generator.
Kind = tuple[str, float]


def learning_rate_grid(style: Style, grid: pd.DataFrame, anchors: pd.DataFrame) -> Figure:
    """Draw a heat map per method: the mean score on select of each pair of learning rates, the method's own framed.

    Own is the pair that tables are about, named or chosen on select. Methods with one pair are left out. All maps share
    one colour scale. A pair at which trainings diverged says how many did.
    """
    from seaborn import heatmap  # only here, and slow to import

    tried = grid["method"].value_counts()
    methods = [m for m in style.labels if tried.get(m, 0) > 1]
    if not methods:
        return layout.empty_figure("No learning rates were compared in this run.")
    shown = grid[grid["method"].isin(methods)]
    score = shown["score"].iloc[0]
    generator = sorted(shown["generator_rate"].unique(), reverse=True)
    discriminator = sorted(shown["discriminator_rate"].unique())
    rows = layout.rows_of(len(methods), MAPS_PER_ROW)
    figure = layout.new_figure(1.4 + rows * (0.8 + 0.52 * len(generator)))
    axes = layout.panels(figure, len(methods), MAPS_PER_ROW)
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
        heatmap(table, ax=panel, annot=words, fmt="", linewidths=1, **own)
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


def robustness(
    style: Style,
    summary: pd.DataFrame,
    grid: pd.DataFrame,
    robustness: pd.DataFrame,
    anchors: pd.DataFrame,
) -> Figure:
    """Draw the score of each method against the discriminator's learning rate, and tell its area.

    The score is that of the epochs that methods are compared by, which the area is of, too. A panel per method: a line
    joins the means over seeds, and its band reaches from the worst seed to the best; the mean at the pair that the
    method chose is filled. The other methods are grey. Learning rates of the generator and architectures have lines of
    their own. Methods with one pair are left out: they show nothing here.
    """
    robustness = robustness[robustness["score"].isin(grid["score"]) & (robustness["n_rates"] > 1)]
    methods = [method for method in style.labels if method in set(robustness["method"])]
    grid = grid[grid["method"].isin(methods)]
    if not methods:
        nothing = "Every method was trained at one pair of learning rates: nothing to compare."
        return layout.empty_figure(nothing)
    score = grid["score"].iloc[0]
    column = robustness["column"].iloc[0]
    runs = summary[(summary["score"] == score) & summary["tried"].astype(bool)]
    curves = _curves(grid, runs, column)
    kinds = _kinds(style, grid)
    ends = anchor_scores(anchors)
    rates = sorted(grid["discriminator_rate"].unique())
    rows = layout.rows_of(len(methods), PANELS_PER_ROW)
    columns = layout.rows_of(len(methods), rows)  # as full as each other
    figure = layout.new_figure(1.3 + rows * 9.2 / (columns + 1))  # wider panels are higher
    axes = layout.panels(figure, len(methods), columns, shared=True)
    turned = 45 if len(rates) * columns > 12 else 0
    # Areas over different rates do not compare.
    is_uneven = robustness["n_rates"].nunique() > 1
    for panel, method in zip(axes.flat, methods, strict=False):
        for (other, kind), curve in curves.items():
            if other != method and kind == next(iter(kinds)):
                panel.plot(curve["discriminator_rate"], curve["mean"], **OTHERS)
        for kind, (dashes, _) in kinds.items():
            if (method, kind) in curves:
                _scores(panel, curves[method, kind], style.line(method)._replace(dashes=dashes))
        draw_anchors(panel, ends, score)
        areas = robustness[robustness["method"] == method]
        panel.set_title(f"{fitted(style.labels[method], 26)}\n{_areas(areas, is_uneven)}")
        panel.set(xscale="log", ylim=(-0.03, 1.03), xlim=(rates[0] / 1.4, rates[-1] * 1.4))
        panel.set_xticks(rates, [f"{rate:g}" for rate in rates], rotation=turned)
        panel.xaxis.set_minor_locator(NullLocator())
        panel.grid(axis="y")
    layout.label_outer(axes, x="rate of the discriminator", y=f"{score} on test\n{EPOCHS[column]}")
    own: dict[str, Any] = {"color": "0.3", "marker": "o", "markersize": 6, "linestyle": ""}
    lines = {label: {"color": "0.3", "linestyle": dashes} for dashes, label in kinds.values()}
    marks: layout.Key = {
        **(lines if len(kinds) > 1 else {}),
        "mean of seeds": {**own, "markerfacecolor": "white"},
        "mean at the method's own rates": own,
        "worst to best seed": Patch(color="0.3", alpha=BAND),
        "other methods": OTHERS,
    }
    layout.legend_below(figure, marks | anchor_key(ends))
    return figure


def _curves(
    grid: pd.DataFrame, runs: pd.DataFrame, column: str
) -> dict[tuple[str, Kind], pd.DataFrame]:
    """Return mean, worst and best seed of a column by the discriminator's rate, of each method and kind."""
    keys = ["architecture", "method", "learning_rates"]
    seeds = runs.groupby(keys)[column].agg(["mean", "min", "max"]).reset_index()
    rows = grid.merge(seeds, "left", keys).sort_values("discriminator_rate")
    parts = rows.groupby(["method", "architecture", "generator_rate"], sort=False)
    return {(str(m), (str(a), float(str(rate)))): part for (m, a, rate), part in parts}


def _kinds(style: Style, grid: pd.DataFrame) -> dict[Kind, tuple[Dashes, str]]:
    """Return dashes and label of each kind of line, an architecture and a learning rate of the generator."""
    known = list(style.architectures or dict.fromkeys(grid["architecture"]))
    there = grid[["architecture", "generator_rate"]].drop_duplicates()
    pairs = list(there.itertuples(index=False, name=None))
    rates = {rate for _, rate in pairs}
    found = {}
    for number, (architecture, rate) in enumerate(
        sorted(pairs, key=lambda kind: (known.index(kind[0]), -kind[1]))
    ):
        texts = [
            *([style.architectures[architecture]] if style.architectures else []),
            *([f"generator at {rate:g}"] if len(rates) > 1 else []),
        ]
        found[architecture, rate] = DASHES[number % len(DASHES)], ", ".join(texts)
    return found


def _scores(axes: Axes, curve: pd.DataFrame, line: Line) -> None:
    """Draw means and seeds of one method and kind."""
    colour, marker, dashes = line
    x, y = curve["discriminator_rate"], curve["mean"]
    axes.fill_between(x, curve["min"], curve["max"], color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, y, color=colour, linestyle=dashes, linewidth=1.8, zorder=3)
    for rate, mean, chosen in zip(x, y, curve["chosen"], strict=True):
        own: Any = {"color": colour, "markerfacecolor": colour if chosen else "white"}
        axes.plot(rate, mean, marker, markersize=6, zorder=4, **own)


def _areas(rows: pd.DataFrame, is_uneven: bool) -> str:
    """Return the area of each architecture with its interval, which there is from five seeds on."""
    texts = []
    for row in records(rows):
        text = formatted(row["area"], ".2f") or "undefined"
        if math.isfinite(row["low"]):
            text += f" \N{PLUS-MINUS SIGN} {(row['high'] - row['low']) / 2:.2f}"
        texts.append(text + f" ({row['n_rates']} pairs)" * is_uneven)
    return f"area {', '.join(texts)}"
