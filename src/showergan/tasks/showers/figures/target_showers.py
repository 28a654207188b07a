"""Real showers from the softest to the most energetic particle."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from showergan.report.layout import label_outer, legend_below, new_figure, panels
from showergan.report.style import Style
from showergan.tasks.showers import dataset, drawing

N = 8  # panels
ARROW_CM = 25.0  # depth that arrows reach to, for their direction to be seen
MARKED = {"color": drawing.MARK, "linestyle": ""}
ENTRY: dict[str, Any] = {**MARKED, "marker": "+", "markersize": 9, "markeredgewidth": 1.8}
CIRCLE = {"marker": "o", "markersize": 5, "markerfacecolor": "white", "markeredgewidth": 1.4}
CENTRE: dict[str, Any] = {**MARKED, **CIRCLE}
WAY = {"arrowstyle": "->", "color": drawing.MARK, "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}


def target_showers(style: Style, data: Path) -> Figure:
    """Draw real showers from the softest to the most energetic particle.

    Each panel is an image with the entry point (+), the way of the particle from there to 25 cm below, seen from
    above, and where on it the energy of showers is centred on average (o). All panels share one logarithmic colour
    scale; cells without energy are white.
    """
    found = dataset.load(data, "test")
    depth_cm = dataset.shower_depth_cm(data)
    shown = found.select(drawing.ranks(np.linalg.norm(found.momentum, axis=1), N))
    figure = new_figure(5.1)
    axes = panels(figure, len(shown), -(-N // 2), shared=True)
    scale = drawing.energy_scale(shown.energy)
    for i, panel in enumerate(axes.flat[: len(shown)]):
        image = drawing.draw_image(panel, shown.energy[i], style, scale)
        x, y = shown.point[i]
        slope = shown.momentum[i, :2] / shown.momentum[i, 2]
        end, centre = ((x, y) + depth * slope for depth in (ARROW_CM, depth_cm))
        panel.annotate("", end, (x, y), arrowprops=WAY)
        panel.plot(x, y, **ENTRY)
        panel.plot(*centre, **CENTRE)
        panel.set(
            xlim=drawing.EDGES_CM[:2],
            ylim=drawing.EDGES_CM[2:],
            xticks=[-10, 0, 10],
            yticks=[-10, 0, 10],
        )
        total = drawing.energy_of(shown.energy[i])
        panel.set_title(f"{drawing.momentum_of(shown.momentum[i])}\nsum E = {total}")
    label_outer(axes, "x [cm]", "y [cm]")
    figure.colorbar(image, ax=figure.axes, label="Energy deposit [MeV]", aspect=30)
    where = f"{depth_cm:.1f} cm below, where the energy is centred"
    legend_below(figure, {"entry point": ENTRY, where: CENTRE})
    return figure
