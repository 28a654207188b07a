"""Lipschitz bounds of the discriminators: beside the gradients that they bound, and beside the score."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.comparison.runs import RUN
from showergan.report import layout, runs
from showergan.report.style import Colour, Style
from showergan.report.texts import compact, fitted, pair

# Column: label, marker, whether it is filled, height within a method's row.
QUANTITIES = {
    "flattened": ("product of norms of flattened weights", "s", True, 0.22),
    "operator": ("bound: product of operator norms", "D", True, 0.11),
    "gradient_between": ("largest gradient between real and fake", "o", False, 0.0),
    "gradient_real": ("largest gradient at real", ">", False, -0.11),
    "gradient_fake": ("largest gradient at fake", "<", False, -0.22),
}
NONE = "No Lipschitz constants were measured in this run."
PER_ROW = 3


def lipschitz(style: Style, lipschitz: pd.DataFrame, grid: pd.DataFrame) -> Figure:
    """Draw per method the bounds on the Lipschitz constant (filled) and the largest gradients seen (open).

    A constant that bounds holds every gradient to its left; the number beside a row is how many times the operator
    bound exceeds the largest gradient, the geometric mean over seeds.
    """
    total = lipschitz[lipschitz["layer"] == "total"]
    found = runs.groups(style, runs.at_chosen_rates(total, grid))
    if not found:
        return layout.empty_figure(NONE)
    figure = layout.new_figure(0.9 + 0.72 * len(found))
    axes = figure.subplots()
    axes.set_xscale("log")
    for y, group in enumerate(found):
        axes.axhspan(y - 0.5, y + 0.5, color="0.96" if y % 2 else "white", zorder=0)
        for name, (_, marker, filled, lift) in QUANTITIES.items():
            values = group.rows[name].where(group.rows[name] > 0)
            points = _points(marker, group.colour, filled=filled)
            axes.plot(values, np.full(len(values), y - lift), alpha=0.9, **points)
        layout.beside(axes, y, _ratio(group.rows))
    place: Any = {"xycoords": "axes fraction", "xytext": (6, 4), "textcoords": "offset points"}
    axes.annotate("bound / gradient", (1, 1), color="0.35", **place)
    layout.names_in_rows(axes, [fitted(g.label, 26) for g in found])
    axes.set_xlabel("Lipschitz constant of the discriminator, per unit of its input")
    axes.grid(axis="x")
    known = QUANTITIES.values()
    key: layout.Key = {label: _points(m, "0.3", filled=full) for label, m, full, _ in known}
    layout.legend_below(figure, key)
    return figure


def binding(
    style: Style,
    lipschitz: pd.DataFrame,
    summary: pd.DataFrame,
    grid: pd.DataFrame,
    anchors: pd.DataFrame,
) -> Figure:
    """Draw a point per run and a panel per pair of learning rates, from small rates to large.

    To the right lies the bound on the Lipschitz constant of the discriminator, the product of the operator norms of its
    layers after the last step, upwards the score on test that chooses epochs and learning rates.
    """
    score = next(iter(grid["score"]), "")
    bounds = lipschitz.loc[lipschitz["layer"] == "total", [*RUN, "operator"]]
    points = summary[summary["score"] == score].astype({"seed": str})
    points = points.merge(bounds.astype({"seed": str}), on=RUN)
    points = points[points["method"].isin(style.labels) & np.isfinite(points["operator"])]
    points = points[points["operator"] > 0]
    pairs = sorted(points["learning_rates"].unique(), key=runs.by_size, reverse=True)
    if not pairs:
        return layout.empty_figure(NONE)
    ends = runs.anchor_scores(anchors)
    lines = {method: style.line(method) for method in style.labels}
    marks = {m: _points(line.marker, line.colour, filled=True) for m, line in lines.items()}
    figure = layout.new_figure(0.6 + 3.0 * layout.rows_of(len(pairs), PER_ROW))
    axes = layout.panels(figure, len(pairs), PER_ROW, shared=True)
    for number, (panel, rates) in enumerate(zip(axes.flat, pairs, strict=False)):
        for method, mark in marks.items():
            here = points[(points["learning_rates"] == rates) & (points["method"] == method)]
            panel.plot(here["operator"], here["selected"], alpha=0.9, **mark)
        runs.draw_anchors(panel, ends, score)
        panel.set(xscale="log", ylim=(-0.03, 1.03), title=f"learning rates {pair(rates)}")
        panel.set_xlabel("Lipschitz bound of the discriminator")
        panel.grid(axis="both")
        if number % PER_ROW == 0:
            panel.set_ylabel(f"{score} on test")
    key: layout.Key = {label: marks[method] for method, label in style.labels.items()}
    layout.legend_below(figure, key | runs.anchor_key(ends))
    return figure


def _points(marker: str, colour: Colour | str, *, filled: bool) -> dict[str, Any]:
    own = {"marker": marker, "markersize": 6, "markerfacecolor": colour if filled else "white"}
    return {"color": colour, "linestyle": "", **own}


def _ratio(rows: pd.DataFrame) -> str:
    gradients = rows[[name for name in QUANTITIES if name.startswith("gradient")]]
    ratios = rows["operator"] / gradients.max(axis=1)
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    if not len(ratios):
        return "unknown"
    return f"\N{MULTIPLICATION SIGN} {compact(np.exp(np.log(ratios).mean()))}"
