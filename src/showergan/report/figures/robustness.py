"""The score of each method at every learning rate, and how much of it is left at the worst pair."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from showergan.report.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.report.applicable import with_several_rates
from showergan.report.labels import fitted
from showergan.report.layout import Key, empty_figure, legend_below, new_figure
from showergan.report.registry import GLANCE, register_figure
from showergan.report.style import Look, Style

BAND = 0.13  # of its colour in a band
MEAN: dict[str, Any] = {"markersize": 7, "zorder": 4}


@register_figure("5 Robustness to the learning rates", GLANCE, with_several_rates)
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
        return empty_figure(
            "Every method was trained at one pair of learning rates: nothing to compare."
        )
    score = grid["score"].iloc[0]
    generators = sorted(grid["generator_rate"].unique(), reverse=True)
    runs = summary[summary["score"] == score]
    ends = anchor_scores(anchors)
    figure = new_figure(max(4.2, 1.6 + 0.42 * len(methods)))
    axes = figure.subplots(
        1, len(generators) + 1, squeeze=False, width_ratios=[*[1.6] * len(generators), 1]
    )[0]
    for panel, generator in zip(axes[:-1], generators, strict=True):
        part = grid[grid["generator_rate"] == generator]
        for method in methods:
            of_method = part[part["method"] == method]
            _scores(panel, of_method, runs[runs["method"] == method], style.look(method))
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


def _scores(axes: Axes, means: pd.DataFrame, runs: pd.DataFrame, look: Look) -> None:
    """Draw means and seeds of one method at one learning rate of the generator."""
    means = means.sort_values("discriminator_rate")
    colour, marker, dashes = look
    seeds = runs.groupby("learning_rates")["selected"].agg(["min", "max"])
    ends = seeds.reindex(means["learning_rates"])
    x = means["discriminator_rate"]
    axes.fill_between(x, ends["min"], ends["max"], color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, means["test_mean"], color=colour, linestyle=dashes, linewidth=1.8, zorder=3)
    for rate, mean, low, high, chosen in zip(
        x, means["test_mean"], ends["min"], ends["max"], means["chosen"], strict=True
    ):
        axes.plot([rate, rate], [low, high], color=colour, linewidth=0.8, alpha=0.6)
        face = colour if chosen else "white"
        axes.plot(rate, mean, marker, color=colour, markerfacecolor=face, **MEAN)


def _ratios(axes: Axes, ratios: pd.DataFrame, methods: list[str], style: Style) -> None:
    """Draw a line per method; its label and look are the key of the whole figure."""
    value, n_rates = (ratios.set_index("method")[name] for name in ("robustness", "n_rates"))
    # Ratios over different pairs do not compare.
    is_uneven = n_rates[methods].nunique() > 1
    names = [fitted(style.labels[m], 26) + f"\n({n_rates[m]} pairs)" * is_uneven for m in methods]
    for number, method in enumerate(methods):
        ratio = value[method]
        text = f"{ratio:.2f}" if math.isfinite(ratio) else "undefined"
        length = ratio if math.isfinite(ratio) else 0.0
        colour, marker, dashes = style.look(method)
        look: Any = {"color": colour, "linestyle": dashes, "marker": marker, "markersize": 7}
        axes.plot(
            [0, length], [number, number], linewidth=2.2, markevery=[1], clip_on=False, **look
        )
        axes.text(length + 0.05, number, text, va="center", fontsize="small")
    axes.set_yticks(range(len(methods)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1.16), ylim=(len(methods) - 0.5, -0.5), xlabel="worst over best mean")
    axes.set_title("robustness")
