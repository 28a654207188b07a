"""Real showers from the softest to the most energetic particle."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from showergan.report.layout import label_outer, legend_below, new_figure, panels
from showergan.report.style import Style
from showergan.tasks.showers import dataset
from showergan.tasks.showers.drawing import (
    EDGES_CM,
    MARK,
    draw_image,
    energy_of,
    energy_scale,
    momentum_of,
    ranks,
)

N = 8  # panels
ARROW_CM = 25.0  # depth that arrows reach to, for their direction to be seen
MARKED = {"color": MARK, "linestyle": ""}
ENTRY: dict[str, Any] = {**MARKED, "marker": "+", "markersize": 9, "markeredgewidth": 1.8}
CIRCLE = {"marker": "o", "markersize": 5, "markerfacecolor": "white", "markeredgewidth": 1.4}
CENTRE: dict[str, Any] = {**MARKED, **CIRCLE}
WAY = {"arrowstyle": "->", "color": MARK, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}


def target_showers(style: Style, data: Path) -> Figure:
    """Draw real showers from the softest to the most energetic particle.

    Each panel is an image with the entry point (+), the way of the particle from there to 25 cm below, seen from
    above, and where on it the energy of showers is centred on average (o). All panels share one logarithmic colour
    scale; cells without energy are white.
    """
    found = dataset.load(data, "test")
    depth_cm = dataset.shower_depth_cm(data)
    shown = found.select(ranks(np.linalg.norm(found.momentum, axis=1), N))
    figure = new_figure(5.1)
    axes = panels(figure, len(shown), -(-N // 2), shared=True)
    scale = energy_scale(shown.energy)
    for i, panel in enumerate(axes.flat[: len(shown)]):
        image = draw_image(panel, shown.energy[i], style, scale)
        x, y = shown.point[i]
        slope = shown.momentum[i, :2] / shown.momentum[i, 2]
        end, centre = ((x, y) + depth * slope for depth in (ARROW_CM, depth_cm))
        panel.annotate("", end, (x, y), arrowprops=WAY)
        panel.plot(x, y, **ENTRY)
        panel.plot(*centre, **CENTRE)
        panel.set(xlim=EDGES_CM[:2], ylim=EDGES_CM[2:], xticks=[-10, 0, 10], yticks=[-10, 0, 10])
        total = energy_of(shown.energy[i])
        panel.set_title(f"{momentum_of(shown.momentum[i])}\nsum E = {total}")
    label_outer(axes, "x [cm]", "y [cm]")
    figure.colorbar(image, ax=figure.axes, label="Energy deposit [MeV]", aspect=30)
    where = f"{depth_cm:.1f} cm below, where the energy is centred"
    legend_below(figure, {"entry point": ENTRY, where: CENTRE})
    return figure
