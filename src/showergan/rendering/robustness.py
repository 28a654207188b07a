"""How much of each method's score is left at the worst pair of learning rates: a figure and a table."""

import math
from collections.abc import Hashable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.rendering.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.rendering.labels import fitted
from showergan.rendering.nothing import nothing
from showergan.rendering.style import Style, legend_below, new_figure, themed
from showergan.rendering.tables import Parts
from showergan.rendering.verdicts import pair

SEED: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "markersize": 3.5,
    "alpha": 0.6,
    "markeredgewidth": 0,
}
MEAN: dict[str, Any] = {"marker": "D", "markersize": 6.5}
SPREAD = 0.5  # room for the methods at one learning rate, in steps between rates


@themed
def robustness(
    style: Style,
    summary: pd.DataFrame,
    grid: pd.DataFrame,
    ratios: pd.DataFrame,
    anchors: pd.DataFrame,
) -> Figure:
    """Draw the score of each method against the discriminator's learning rate, and its worst over best mean.

    Small points are seeds, a line joins their means; the mean at the pair that a method chose is filled. A panel per
    learning rate of the generator, and one for the ratios. Methods with one pair are left out: they show nothing here.

    Args:
        style: of all figures.
        summary: one row per run and score, as `summarise` writes it.
        grid: the mean over seeds at each pair, as `summarise` writes it.
        ratios: as `evaluation.robustness.robustness` returns them.
        anchors: ceilings and floors, as `reference` writes them.
    """
    several = set(ratios.loc[ratios["n_rates"] > 1, "method"])
    methods = [method for method in style.labels if method in several]
    grid = grid[grid["method"].isin(methods)]
    rates = sorted(grid["discriminator_rate"].unique())
    if not methods:
        return nothing(
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
        panel.set_title(f"generator at {generator:g}", fontsize="medium")
        panel.set_xlabel("learning rate of the discriminator")
        panel.grid(axis="y", color="0.9", linewidth=0.8)
        panel.sharey(axes[0])
    axes[0].set_ylabel(f"{score} on test")
    _ratios(axes[-1], ratios, methods, style)
    handles, labels = anchor_key(ends)
    marks = [
        Line2D([], [], **{**SEED, "color": "0.3"}),
        Line2D([], [], color="0.3", **MEAN, linestyle=""),
    ]
    names = ["seed", "mean at the rates of the tables"]
    legend_below(figure, [*marks, *handles], [*names, *labels])
    return figure


def robustness_table(ratios: pd.DataFrame, labels: dict[str, str]) -> Parts:
    """Return the ratios as people read them, in the order of the labels.

    Args:
        ratios: as `evaluation.robustness.robustness` returns them.
        labels: names of the methods in their order; other methods are left out.
    """
    rows = [
        {
            "method": label,
            "pairs of learning rates": str(row["n_rates"]),
            "best at": pair(str(row["best_rates"])),
            "best": _number(row["best"]),
            "worst at": pair(str(row["worst_rates"])),
            "worst": _number(row["worst"]),
            "worst over best": _number(row["robustness"]),
            "remark": "" if pd.isna(row["remark"]) else str(row["remark"]),
        }
        for method, label in labels.items()
        for row in ratios[ratios["method"] == method].to_dict("records")
    ]
    score = ratios["score"].iloc[0] if len(ratios) else "score"
    return {f"{score} on test, mean over seeds": pd.DataFrame(rows, dtype=str)}


def _number(value: Hashable) -> str:
    return "" if math.isnan(float(value)) else f"{float(value):.3f}"  # type: ignore[arg-type]


def _scores(
    axes: Axes,
    means: pd.DataFrame,
    runs: pd.DataFrame,
    rates: list[float],
    offset: float,
    colour: tuple[float, float, float],
) -> None:
    """Draw seeds and means of one method at one learning rate of the generator."""
    means = means.sort_values("discriminator_rate")
    at = dict(
        zip(means["learning_rates"], means["discriminator_rate"].map(rates.index), strict=True)
    )
    seeds = runs[runs["learning_rates"].isin(at)]
    axes.plot(
        seeds["learning_rates"].map(at) + offset,
        seeds["selected"],
        color=colour,
        **SEED,
    )
    places = means["learning_rates"].map(at) + offset
    axes.plot(places, means["test_mean"], color=colour, linewidth=1.8, zorder=3)
    for place, mean, chosen in zip(places, means["test_mean"], means["chosen"], strict=True):
        face = colour if chosen else "white"
        axes.plot(place, mean, color=colour, markerfacecolor=face, zorder=4, **MEAN)


def _ratios(axes: Axes, ratios: pd.DataFrame, methods: list[str], style: Style) -> None:
    """Draw a bar per method; its label and colour are the key of the whole figure."""
    value, n_rates = (
        dict(zip(ratios["method"], ratios[c], strict=True)) for c in ("robustness", "n_rates")
    )
    # Ratios over different pairs do not compare.
    is_uneven = len({n_rates[method] for method in methods}) > 1
    names = [fitted(style.labels[m], 26) + f"\n({n_rates[m]} pairs)" * is_uneven for m in methods]
    for number, method in enumerate(methods):
        ratio = float(value[method])
        is_known = math.isfinite(ratio)
        if is_known:
            axes.barh(number, ratio, color=style.colour(method), height=0.6)
        axes.text(
            ratio + 0.02 if is_known else 0.02,
            number,
            f"{ratio:.2f}" if is_known else "undefined",
            va="center",
            fontsize="small",
        )
    axes.set_yticks(range(len(methods)), names)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(0, 1.16), ylim=(len(methods) - 0.5, -0.5), xlabel="worst over best mean")
    axes.set_title("robustness", fontsize="medium")
