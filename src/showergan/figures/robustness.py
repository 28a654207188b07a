"""The score of each method at every learning rate, and how much of it is left at the worst pair."""

from __future__ import annotations

import math
from typing import Any

from showergan.drawing.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.drawing.labels import fitted
from showergan.drawing.layout import Key, empty_figure, legend_below, new_figure
from showergan.drawing.registry import GLANCE, register_figure
from showergan.drawing.style import Colour, Style
from showergan.drawing.worth import with_several_rates
from showergan.heavy import mpl, pd

SEED: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "markersize": 3.5,
    "alpha": 0.6,
    "markeredgewidth": 0,
}
MEAN: dict[str, Any] = {"marker": "D", "markersize": 6.5}
SPREAD = 0.5  # room for the methods at one learning rate, in steps between rates


@register_figure("5 Robustness to the learning rates", GLANCE, with_several_rates)
def robustness(
    style: Style,
    summary: pd.DataFrame,
    grid: pd.DataFrame,
    robustness: pd.DataFrame,
    anchors: pd.DataFrame,
) -> mpl.figure.Figure:
    """Draw the score of each method against the discriminator's learning rate, and its worst over best mean.

    Small points are seeds, a line joins their means; the mean at the pair that a method chose is filled. A panel per
    learning rate of the generator, and one for the ratios. Methods with one pair are left out: they show nothing here.
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
        for number, method in enumerate(methods):
            own = part[part["method"] == method]
            offset = SPREAD * ((number + 0.5) / len(methods) - 0.5)
            _scores(panel, own, runs[runs["method"] == method], rates, offset, style.colour(method))
        draw_anchors(panel, ends, score)
        panel.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
        panel.set(xlim=(-0.5, len(rates) - 0.5), ylim=(-0.03, 1.03))
        panel.set_title(f"generator at {generator:g}")
        panel.set_xlabel("learning rate of the discriminator")
        panel.grid(axis="y")
        panel.sharey(axes[0])
    axes[0].set_ylabel(f"{score} on test")
    _ratios(axes[-1], robustness, methods, style)
    marks: Key = {
        "seed": {**SEED, "color": "0.3"},
        "mean at the rates of the tables": {"color": "0.3", "linestyle": "", **MEAN},
    }
    legend_below(figure, marks | anchor_key(ends))
    return figure


def _scores(
    axes: mpl.axes.Axes,
    means: pd.DataFrame,
    runs: pd.DataFrame,
    rates: list[float],
    offset: float,
    colour: Colour,
) -> None:
    """Draw seeds and means of one method at one learning rate of the generator."""
    means = means.sort_values("discriminator_rate")
    at = means.set_index("learning_rates")["discriminator_rate"].map(rates.index)
    seeds = runs[runs["learning_rates"].isin(at.index)]
    axes.plot(seeds["learning_rates"].map(at) + offset, seeds["selected"], color=colour, **SEED)
    places = at + offset
    axes.plot(places, means["test_mean"], color=colour, linewidth=1.8, zorder=3)
    for place, mean, chosen in zip(places, means["test_mean"], means["chosen"], strict=True):
        face = colour if chosen else "white"
        axes.plot(place, mean, color=colour, markerfacecolor=face, zorder=4, **MEAN)


def _ratios(axes: mpl.axes.Axes, ratios: pd.DataFrame, methods: list[str], style: Style) -> None:
    """Draw a bar per method; its label and colour are the key of the whole figure."""
    value, n_rates = (ratios.set_index("method")[name] for name in ("robustness", "n_rates"))
    # Ratios over different pairs do not compare.
    is_uneven = n_rates[methods].nunique() > 1
    names = [fitted(style.labels[m], 26) + f"\n({n_rates[m]} pairs)" * is_uneven for m in methods]
    for number, method in enumerate(methods):
        ratio = value[method]
        text = f"{ratio:.2f}" if math.isfinite(ratio) else "undefined"
        length = ratio if math.isfinite(ratio) else 0.0
        axes.barh(number, length, color=style.colour(method), height=0.6)
        axes.text(length + 0.02, number, text, va="center", fontsize="small")
    axes.set_yticks(range(len(methods)), names)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1.16), ylim=(len(methods) - 0.5, -0.5), xlabel="worst over best mean")
    axes.set_title("robustness")
