"""Where bounds bind: the Lipschitz bound that each discriminator ended with, beside the score of its generator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.comparison.runs import RUN
from showergan.report.anchors import anchor_key, anchor_scores, draw_anchors
from showergan.report.applicable import with_several_rates
from showergan.report.labels import pair
from showergan.report.layout import Key, empty_figure, legend_below, new_figure, panels, rows_of
from showergan.report.registry import TRAINING, register_figure
from showergan.report.runs import by_size
from showergan.report.style import Style

PER_ROW = 3


@register_figure("Lipschitz bounds beside scores", TRAINING, with_several_rates)
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
    score = str(grid["score"].iloc[0])
    bounds = lipschitz.loc[lipschitz["layer"] == "total", [*RUN, "operator"]]
    runs = summary[summary["score"] == score].astype({"seed": str})
    runs = runs.merge(bounds.astype({"seed": str}), on=RUN)
    runs = runs[runs["method"].isin(style.labels) & np.isfinite(runs["operator"])]
    runs = runs[runs["operator"] > 0]
    pairs = sorted(runs["learning_rates"].unique(), key=by_size, reverse=True)
    if not pairs:
        return empty_figure("No Lipschitz constants were measured in this run.")
    ends = anchor_scores(anchors)
    figure = new_figure(0.6 + 3.0 * rows_of(len(pairs), PER_ROW))
    grid_of_axes = panels(figure, len(pairs), PER_ROW, shared=True)
    for number, (axes, rates) in enumerate(zip(grid_of_axes.flat, pairs, strict=False)):
        for method in style.labels:
            here = runs[(runs["learning_rates"] == rates) & (runs["method"] == method)]
            axes.plot(here["operator"], here["selected"], alpha=0.9, **_mark(style, method))
        draw_anchors(axes, ends, score)
        axes.set(xscale="log", ylim=(-0.03, 1.03), title=pair(rates))
        axes.set_xlabel("Lipschitz bound of the discriminator")
        axes.grid(axis="both")
        if number % PER_ROW == 0:
            axes.set_ylabel(f"{score} on test")
    key: Key = {label: _mark(style, method) for method, label in style.labels.items()}
    legend_below(figure, key | anchor_key(ends))
    return figure


def _mark(style: Style, method: str) -> dict[str, Any]:
    colour, marker, _ = style.look(method)
    return {"color": colour, "marker": marker, "linestyle": "", "markersize": 6}
