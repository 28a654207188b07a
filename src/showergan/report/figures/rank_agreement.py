"""Whether the metrics put the methods in the same order."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib import colormaps, rcParams
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from showergan.report.heat_map import NONE, UNKNOWN, Grid, draw_map, sentence
from showergan.report.layout import empty_figure, new_figure
from showergan.report.numbers import counted
from showergan.report.registry import COMPARISON, register_figure
from showergan.report.style import Style

FEWEST = 3  # methods whose order says anything


@register_figure("Do metrics agree?", COMPARISON, lambda config: len(config.methods) >= FEWEST)
def rank_agreement(style: Style, agreement: pd.DataFrame) -> Figure:
    """Draw Kendall's tau of every two metrics over the methods: 1, the same order; -1, the opposite one."""
    blocks = {
        str(name): part
        for name, part in agreement.groupby("architecture", sort=False)
        if part["n_methods"].max() >= FEWEST
    }
    if not blocks:
        most = int(agreement["n_methods"].max()) if len(agreement) else 0
        return empty_figure(
            f"Metrics agree where they rank methods alike, and ranks mean nothing below {FEWEST} methods:"
            f" this run has {most}."
        )
    n_metrics = max(part["metric"].nunique() for part in blocks.values())
    figure = new_figure(1.2 + len(blocks) * (1.8 + 0.36 * n_metrics))
    axes = figure.subplots(len(blocks), 1, squeeze=False)[:, 0]
    # Red and blue are told apart by all; the white between is "no relation".
    colours = colormaps["RdBu"].with_extremes(bad=UNKNOWN), Normalize(-1, 1)
    size = rcParams["xtick.labelsize"] * 0.9
    for panel, (architecture, part) in zip(axes, blocks.items(), strict=True):
        metrics = list(dict.fromkeys(part["metric"]))
        # Of three methods or more only: two are always in the same order or in the opposite one.
        known = part.assign(tau=part["tau"].where(part["n_methods"] >= FEWEST))
        tau = known.pivot_table("tau", "metric", "other", dropna=False)
        tau = tau.reindex(index=metrics[1:], columns=metrics[:-1])
        # Every pair once: the other half would say the same.
        half = np.tri(len(tau), dtype=bool)
        texts = tau.map(lambda value: _signed(value) if math.isfinite(value) else NONE)
        draw_map(panel, Grid(tau, texts.where(half, "")), colours, size=size, drawn=half)
        panel.set_xticks(np.arange(len(tau)) + 0.5, list(tau), rotation=90)
        head = f"{architecture}, " * (len(blocks) > 1)
        panel.set_title(
            sentence(
                f"{head}order of {counted('method', *part['n_methods'])} by mean position over seeds"
            )
        )
    figure.colorbar(
        ScalarMappable(colours[1], colours[0]),
        ax=list(axes),
        label="Kendall's tau: 1 same order, 0 unrelated, \N{MINUS SIGN}1 opposite order",
        aspect=30,
    )
    return figure


def _signed(tau: float) -> str:
    text = f"{tau:.1f}".replace("-", "\N{MINUS SIGN}")
    return "0.0" if text.endswith("0.0") else text
