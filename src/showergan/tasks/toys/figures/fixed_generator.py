"""Discriminators trained while the generator stays fixed: their values in the plane, gradients and weights."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from showergan.report.layout import empty_figure, framed, label_outer, legend_below, new_figure
from showergan.report.style import Style, line

EDGE, LEVELS = 3.0, 12
SOURCES = {"gaussians_8": "8 Gaussians", "gaussians_25": "25 Gaussians", "swiss_roll": "Swiss roll"}


def value_surfaces(style: Style, surfaces: dict[str, Any]) -> Figure:
    """Draw level sets of discriminators over the real points (dots): rows are constraints, columns distributions.

    Every panel has its own levels, from its lowest to its highest value.
    """
    constraints, sources = surfaces["constraints"], surfaces["sources"]
    figure = new_figure(0.4 + 3.2 * len(constraints))
    axes = figure.subplots(len(constraints), len(sources), sharex=True, sharey=True, squeeze=False)
    axis = np.linspace(-EDGE, EDGE, surfaces["values"].shape[-1])
    for (row, column), panel in np.ndenumerate(axes):
        values = surfaces["values"][column, row]
        levels = np.linspace(values.min(), values.max(), LEVELS + 1)
        panel.contourf(axis, axis, values, levels, cmap=style.colormap, alpha=0.55)
        panel.contour(axis, axis, values, levels, cmap=style.colormap, linewidths=1.0)
        panel.plot(*surfaces["points"][column].T, ".", color="black", markersize=1.6)
        panel.set_aspect("equal")
        framed(panel)
    for panel, source in zip(axes[0], sources, strict=True):
        panel.set_title(SOURCES[str(source)], fontsize="medium")
    for panel, constraint in zip(axes[:, 0], constraints, strict=True):
        panel.set_ylabel(constraint_name(str(constraint)))
    place: Any = {"aspect": 50, "pad": 0.02, "shrink": 0.8}
    label = "f, from its lowest (0) to its highest value (1) in the panel"
    scale = ScalarMappable(Normalize(0, 1), style.colormap)
    figure.colorbar(scale, ax=list(axes.flat), label=label, **place)
    return figure


def layer_gradients(style: Style, gradients: pd.DataFrame, weights: pd.DataFrame) -> Figure:
    """Draw, of discriminators with twelve hidden layers on the Swiss roll, gradients by layer, and weights.

    Above: the norm of the gradient of the loss with respect to each layer's activations. Below: the share of all
    weights in bins of equal width, 100 from the least to the largest.
    """
    names = list(dict.fromkeys(gradients["constraint"]))
    if not names:
        return empty_figure("No discriminator was trained.")
    figure = new_figure(6.4)
    grid = figure.add_gridspec(2, len(names), height_ratios=[1.6, 1])
    above = figure.add_subplot(grid[0, :])
    below = np.array([[figure.add_subplot(grid[1, column]) for column in range(len(names))]])
    for place, (name, panel) in enumerate(zip(names, below.flat, strict=True)):
        colour, marker, dashes = line(style.figures.palette, place)
        label = constraint_name(str(name))
        rows = gradients[(gradients["constraint"] == name) & np.isfinite(gradients["log10_norm"])]
        own: Any = {"color": colour, "marker": marker, "linestyle": dashes, "linewidth": 1.8}
        above.plot(rows["layer"], rows["log10_norm"], label=label, **own)
        rows = weights[weights["constraint"] == name]
        edges = [*rows["left"], rows["right"].iloc[-1]]
        panel.stairs(rows["share"], edges, fill=True, color=colour)
        panel.set_title(label, fontsize="small")
        panel.set_yscale("log")
    label_outer(below, "Weight", "Share of weights")
    above.set(xlabel="Hidden layer, 1 next to the points", ylabel=r"$\log_{10}$ norm of gradient")
    above.xaxis.set_major_locator(MaxNLocator(integer=True))
    handles, labels = above.get_legend_handles_labels()
    legend_below(figure, dict(zip(labels, handles, strict=True)))
    return figure


def constraint_name(constraint: str) -> str:
    """Return the name of a constraint, for example of "clipping 0.01"."""
    kind, _, bound = constraint.partition(" ")
    names = {"clipping": "weight clipping", "gradient_penalty": "gradient penalty"}
    name = names.get(kind, "spectral normalisation")
    return f"{name}, c = {bound}" if bound else name
