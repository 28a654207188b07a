"""How loose the Lipschitz bound of a discriminator is: the product of its layers against its gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.report.labels import fitted
from showergan.report.layout import Key, beside, empty_figure, legend_below, new_figure
from showergan.report.numbers import compact
from showergan.report.registry import TRAINING, register_figure
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Colour, Style

# Column: label, marker, whether it is filled, height within a method's row.
QUANTITIES = {
    "flattened": ("product of norms of flattened weights", "s", True, 0.22),
    "operator": ("bound: product of operator norms", "D", True, 0.11),
    "gradient_between": ("largest gradient between real and fake", "o", False, 0.0),
    "gradient_real": ("largest gradient at real", ">", False, -0.11),
    "gradient_fake": ("largest gradient at fake", "<", False, -0.22),
}


@register_figure("Lipschitz bounds and gradients", TRAINING)
def lipschitz(style: Style, lipschitz: pd.DataFrame, grid: pd.DataFrame) -> Figure:
    """Draw per method the bounds on the Lipschitz constant (filled) and the largest gradients seen (open).

    A constant that bounds holds every gradient to its left; the number beside a row is how many times the operator
    bound exceeds the largest gradient, the geometric mean over seeds.
    """
    total = lipschitz[lipschitz["layer"] == "total"]
    found = groups(style, at_chosen_rates(total, grid))
    if not found:
        return empty_figure("No Lipschitz constants were measured in this run.")
    figure = new_figure(0.9 + 0.72 * len(found))
    axes = figure.subplots()
    axes.set_xscale("log")
    for y, group in enumerate(found):
        axes.axhspan(y - 0.5, y + 0.5, color="0.96" if y % 2 else "white", zorder=0)
        for name, (_, marker, filled, lift) in QUANTITIES.items():
            values = group.rows[name].where(group.rows[name] > 0)
            look = _look(marker, filled, group.colour)
            axes.plot(values, np.full(len(values), y - lift), alpha=0.9, **look)
        beside(axes, y, _ratio(group.rows))
    axes.annotate(
        "bound / gradient",
        (1, 1),
        xycoords="axes fraction",
        xytext=(6, 4),
        textcoords="offset points",
        color="0.35",
    )
    axes.set_yticks(range(len(found)), [fitted(g.label, 26) for g in found])
    axes.tick_params(axis="y", length=0)
    axes.set(
        ylim=(len(found) - 0.5, -0.5),
        xlabel="Lipschitz constant of the discriminator, per unit of its input",
    )
    axes.grid(axis="x")
    key: Key = {
        label: _look(marker, filled, "0.3") for label, marker, filled, _ in QUANTITIES.values()
    }
    legend_below(figure, key)
    return figure


def _look(marker: str, filled: bool, colour: Colour | str) -> dict[str, Any]:
    face = colour if filled else "white"
    look = {"marker": marker, "markersize": 6, "markerfacecolor": face}
    return {"color": colour, "linestyle": "", **look}


def _ratio(rows: pd.DataFrame) -> str:
    gradients = rows[[name for name in QUANTITIES if name.startswith("gradient")]]
    ratios = rows["operator"] / gradients.max(axis=1)
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    if not len(ratios):
        return "unknown"
    return f"\N{MULTIPLICATION SIGN} {compact(np.exp(np.log(ratios).mean()))}"
