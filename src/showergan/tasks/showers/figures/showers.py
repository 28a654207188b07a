"""Images of showers: real ones, and generated ones beside real ones of the same condition."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from showergan.io.hdf5 import opened_hdf5
from showergan.report.layout import label_outer, legend_below, new_figure, panels
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style
from showergan.report.texts import wrapped
from showergan.tasks.showers import dataset, drawing, sample

N_CONDITIONS = 6
PAPER = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5}  # under words
N_TARGETS = 8  # panels
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
    shown = found.select(drawing.ranks(np.linalg.norm(found.momentum, axis=1), N_TARGETS))
    figure = new_figure(5.1)
    axes = panels(figure, len(shown), N_TARGETS // 2, shared=True)
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


def generated_showers(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw generated showers under the real ones that have the same condition.

    Columns are conditions, by rising |p|; rows are the real showers and one generator per method. All panels share
    the colour scale of the real ones; the total energy stands in each panel. Of several seeds the first is drawn.
    """
    rows = []
    for group in groups(style, at_chosen_rates(examples, grid)):
        energy = group.seeds[0].set_index("example")["energy"].sort_index()
        rows.append((group.label, np.stack(energy.tolist())))
    return beside_real(style, read_examples(reference), rows)


def beside_real(
    style: Style, real: sample.Showers, generated: list[tuple[str, NDArray[np.floating]]]
) -> Figure:
    """Draw generated showers (n, 30, 30) [MeV], a row per label, under the real ones of the same particles."""
    chosen = drawing.ranks(np.linalg.norm(real.momentum, axis=1), N_CONDITIONS)
    rows = [(label, energy[chosen]) for label, energy in [("real", real.energy), *generated]]
    figure = new_figure(1.3 + 1.62 * len(rows))
    axes = figure.subplots(len(rows), len(chosen), squeeze=False)
    scale = drawing.energy_scale(real.energy[chosen])
    for line, (label, images) in zip(axes, rows, strict=True):
        line[0].set_ylabel(wrapped(label, 15))
        for panel, energy in zip(line, images, strict=True):
            image = drawing.draw_image(panel, energy, style, scale)
            panel.set(xticks=[], yticks=[])
            place: Any = {"transform": panel.transAxes, "ha": "right", "bbox": PAPER}
            panel.text(0.96, 0.04, drawing.energy_of(energy), fontsize="small", **place)
    for panel, i in zip(axes[0], chosen, strict=True):
        x, y = real.point[i]
        panel.set_title(f"{drawing.momentum_of(real.momentum[i])}\n({x:.1f}, {y:.1f}) cm")
    own: Any = {"location": "bottom", "aspect": 60, "pad": 0.01, "extend": "max"}
    figure.colorbar(image, ax=axes, label="Energy deposit [MeV]", extendfrac=0.03, **own)
    return figure


def read_examples(reference: Path) -> sample.Showers:
    """Read the real showers that every generator imitates in `examples.npz`."""
    with opened_hdf5(reference) as file:
        arrays = {name: file[f"examples/{name}"][:] for name in ("energy", "point", "momentum")}
    return sample.Showers(**arrays, pdg=None)
