"""What discriminators say of every place in the plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from showergan.report.applicable import with_several_losses
from showergan.report.artefacts import OF_NONE, Artefact, read_arrays
from showergan.report.layout import framed, new_figure
from showergan.report.registry import WGAN_STUDY, register_figure
from showergan.report.style import Style
from showergan.tasks.toys.drawing.names import SOURCES, constraint_name

EDGE, LEVELS = 3.0, 12


OWN = {
    "surfaces": Artefact("values on a grid: npz of `fixed_generator`", read_arrays, names=OF_NONE)
}


@register_figure("Value surfaces", WGAN_STUDY, with_several_losses, own=OWN)
def value_surfaces(style: Style, surfaces: dict[str, Any]) -> Figure:
    """Draw level sets of discriminators over the real points (dots): rows are constraints, columns distributions.

    Every panel has its own levels, from its lowest to its highest value.
    """
    constraints, sources = surfaces["constraints"], surfaces["sources"]
    figure = new_figure(0.4 + 3.2 * len(constraints))
    axes = figure.subplots(len(constraints), len(sources), sharex=True, sharey=True, squeeze=False)
    axis = np.linspace(-EDGE, EDGE, surfaces["values"].shape[-1])
    for row, constraint in enumerate(constraints):
        for column, source in enumerate(sources):
            panel, values = axes[row, column], surfaces["values"][column, row]
            levels = np.linspace(values.min(), values.max(), LEVELS + 1)
            panel.contourf(axis, axis, values, levels, cmap=style.colormap, alpha=0.55)
            panel.contour(axis, axis, values, levels, cmap=style.colormap, linewidths=1.0)
            panel.plot(*surfaces["points"][column].T, ".", color="black", markersize=1.6)
            panel.set_aspect("equal")
            framed(panel)
            if row == 0:
                panel.set_title(SOURCES[str(source)], fontsize="medium")
            if column == 0:
                panel.set_ylabel(constraint_name(str(constraint)))
    figure.colorbar(
        ScalarMappable(Normalize(0, 1), style.colormap),
        ax=list(axes.flat),
        label="f, from its lowest (0) to its highest value (1) in the panel",
        aspect=50,
        pad=0.02,
        shrink=0.8,
    )
    return figure
