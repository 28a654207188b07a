"""Score of each method at every pair of learning rates, and its ratio of the worst pair to the best."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from showergan.report.layout import Key, empty_figure, legend_below, names_in_rows, new_figure
from showergan.report.runs import anchor_key, anchor_scores, draw_anchors
from showergan.report.style import Line, Style
from showergan.report.texts import fitted

BAND = 0.13  # of its colour in a band


def robustness(
    style: Style,
    summary: pd.DataFrame,
    grid: pd.DataFrame,
    robustness: pd.DataFrame,
    anchors: pd.DataFrame,
) -> Figure:
    """Draw the score of each method against the discriminator's learning rate, and its worst over best mean.

    A line joins the means over seeds, and its band reaches from the worst seed to the best; the mean at the pair that a
    method chose is filled. A panel per learning rate of the generator, and one for the ratios, which names the methods.
    Methods with one pair are left out: they show nothing here.
    """
    several = set(robustness.loc[robustness["n_rates"] > 1, "method"])
    methods = [method for method in style.labels if method in several]
    grid = grid[grid["method"].isin(methods)]
    rates = sorted(grid["discriminator_rate"].unique())
    if not methods:
        nothing = "Every method was trained at one pair of learning rates: nothing to compare."
        return empty_figure(nothing)
    score = grid["score"].iloc[0]
    generators = sorted(grid["generator_rate"].unique(), reverse=True)
    runs = summary[summary["score"] == score]
    ends = anchor_scores(anchors)
    figure = new_figure(max(4.2, 1.6 + 0.42 * len(methods)))
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
    _ratios(axes[-1], robustness, methods, style)
    marker: dict[str, Any] = {"color": "0.3", "linestyle": "", "marker": "o", "markersize": 7}
    marks: Key = {
        "mean of seeds": {**marker, "markerfacecolor": "white"},
        "mean at the rates of the tables": marker,
        "worst to best seed": Patch(color="0.3", alpha=BAND),
    }
    legend_below(figure, marks | anchor_key(ends))
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


def _ratios(axes: Axes, ratios: pd.DataFrame, methods: list[str], style: Style) -> None:
    """Draw a line per method; its label and line are the key of the whole figure."""
    value, n_rates = (ratios.set_index("method")[name] for name in ("robustness", "n_rates"))
    # Ratios over different pairs do not compare.
    is_uneven = n_rates[methods].nunique() > 1
    names = [fitted(style.labels[m], 26) + f"\n({n_rates[m]} pairs)" * is_uneven for m in methods]
    for y, method in enumerate(methods):
        ratio = value[method]
        text = f"{ratio:.2f}" if math.isfinite(ratio) else "undefined"
        length = ratio if math.isfinite(ratio) else 0.0
        colour, marker, dashes = style.line(method)
        own: Any = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 7}
        axes.plot([0, length], [y, y], linewidth=2.2, markevery=[1], clip_on=False, **own)
        axes.text(length + 0.05, y, text, va="center", fontsize="small")
    names_in_rows(axes, names)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1.16), xlabel="worst over best mean", title="robustness")
