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

from showergan.report import layout
from showergan.report.runs import anchor_key, anchor_scores, draw_anchors
from showergan.report.style import Line, Style
from showergan.report.texts import counted, fitted, formatted, records

MAPS_PER_ROW = 3
FRAME: Any = {"fill": False, "edgecolor": "#d55e00", "linewidth": 3, "clip_on": False}
BAND = 0.13  # of its colour in a band


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
    """Draw the score of each method against the discriminator's learning rate, and its area.

    A line joins the means over seeds, and its band reaches from the worst seed to the best; the mean at the pair that a
    method chose is filled. A panel per learning rate of the generator, and one for the areas, with their intervals,
    which names the methods. Methods with one pair are left out: they show nothing here.
    """
    robustness = robustness[robustness["score"].isin(grid["score"])]
    several = set(robustness.loc[robustness["n_rates"] > 1, "method"])
    methods = [method for method in style.labels if method in several]
    grid = grid[grid["method"].isin(methods)]
    rates = sorted(grid["discriminator_rate"].unique())
    if not methods:
        nothing = "Every method was trained at one pair of learning rates: nothing to compare."
        return layout.empty_figure(nothing)
    score = grid["score"].iloc[0]
    generators = sorted(grid["generator_rate"].unique(), reverse=True)
    runs = summary[(summary["score"] == score) & summary["tried"].astype(bool)]
    ends = anchor_scores(anchors)
    figure = layout.new_figure(max(4.2, 1.6 + 0.42 * len(methods)))
    widths = [*[1.6] * len(generators), 1]
    axes = figure.subplots(1, len(widths), squeeze=False, width_ratios=widths)[0]
    for panel, generator in zip(axes[:-1], generators, strict=True):
        part = grid[grid["generator_rate"] == generator]
        for method in methods:
            of_method = part[part["method"] == method]
            _scores(panel, of_method, runs[runs["method"] == method], style.line(method))
        draw_anchors(panel, ends, score)
        panel.set(xscale="log", ylim=(-0.03, 1.03), xlim=(rates[0] / 1.4, rates[-1] * 1.4))
        panel.set_xticks(rates, [f"{rate:g}" for rate in rates])
        panel.xaxis.set_minor_locator(NullLocator())
        panel.set_title(f"generator at {generator:g}")
        panel.set_xlabel("learning rate of the discriminator")
        panel.grid(axis="y")
        panel.sharey(axes[0])
    axes[0].set_ylabel(f"{score} on test")
    _areas(axes[-1], robustness, methods, style)
    marker: dict[str, Any] = {"color": "0.3", "linestyle": "", "marker": "o", "markersize": 7}
    marks: layout.Key = {
        "mean of seeds": {**marker, "markerfacecolor": "white"},
        "mean at the rates of the tables": marker,
        "worst to best seed": Patch(color="0.3", alpha=BAND),
    }
    layout.legend_below(figure, marks | anchor_key(ends))
    return figure


def _scores(axes: Axes, means: pd.DataFrame, runs: pd.DataFrame, line: Line) -> None:
    """Draw means and seeds of one method at one learning rate of the generator."""
    means = means.sort_values("discriminator_rate")
    colour, marker, dashes = line
    seeds = runs.groupby("learning_rates")["selected"].agg(["min", "max"])
    ends = seeds.reindex(means["learning_rates"])
    x, y = means["discriminator_rate"], means["test_mean"]
    axes.fill_between(x, ends["min"], ends["max"], color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, y, color=colour, linestyle=dashes, linewidth=1.8, zorder=3)
    points = zip(x, y, ends["min"], ends["max"], means["chosen"], strict=True)
    for rate, mean, low, high, chosen in points:
        axes.plot([rate, rate], [low, high], color=colour, linewidth=0.8, alpha=0.6)
        own: Any = {"color": colour, "markerfacecolor": colour if chosen else "white"}
        axes.plot(rate, mean, marker, markersize=7, zorder=4, **own)


def _areas(axes: Axes, areas: pd.DataFrame, methods: list[str], style: Style) -> None:
    """Draw a line per method to its area; its label and line are the key of the whole figure."""
    found = {row["method"]: row for row in records(areas)}
    # Areas over different rates do not compare.
    is_uneven = len({found[m]["n_rates"] for m in methods}) > 1
    names = [
        fitted(style.labels[m], 26) + f"\n({found[m]['n_rates']} pairs)" * is_uneven
        for m in methods
    ]
    for y, method in enumerate(methods):
        area, low, high = (found[method][name] for name in ("area", "low", "high"))
        length = area if math.isfinite(area) else 0.0
        colour, marker, dashes = style.line(method)
        own: Any = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 7}
        axes.plot([0, length], [y, y], linewidth=2.2, markevery=[1], clip_on=False, **own)
        axes.plot([low, high], [y, y], color=colour, linewidth=6, alpha=0.4, solid_capstyle="butt")
        text = formatted(area, ".2f") or "undefined"
        axes.text(np.nanmax([length, high]) + 0.05, y, text, va="center", fontsize="small")
    layout.names_in_rows(axes, names)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1.16), xlabel="mean over log rate", title="area")
