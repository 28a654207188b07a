"""Images of showers: the target, and generated ones beside it."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from showergan.rendering.runs import groups
from showergan.rendering.style import Style, framed, new_figure, themed, wrapped
from showergan.tasks.showers.sample import Showers

EDGES_CM = (-15.0, 15.0, -15.0, 15.0)
SMALLEST_MEV = 1.0
ARROW_CM = 25.0  # depth that arrows reach to, for their direction to be seen
MARK = "#d55e00"
ENTRY: dict[str, Any] = {
    "marker": "+",
    "linestyle": "",
    "color": MARK,
    "markersize": 9,
    "markeredgewidth": 1.8,
}
CENTRE: dict[str, Any] = {
    "marker": "o",
    "linestyle": "",
    "color": MARK,
    "markersize": 5,
    "markerfacecolor": "white",
    "markeredgewidth": 1.4,
}


@themed
def target_showers(style: Style, showers: Showers, depth_cm: float, n: int = 8) -> Figure:
    """Draw real showers from the softest to the most energetic particle.

    Each panel is an image with the entry point (+), the way of the particle from there to 25 cm below, seen from
    above, and where on it the energy of showers is centred on average (o). All panels share one logarithmic colour
    scale; cells without energy are white.

    Args:
        style: of all figures.
        showers: to choose from.
        depth_cm: of the energy centre.
        n: number of panels, at equal steps of the rank in |p|.
    """
    shown = showers.select(_ranks(np.linalg.norm(showers.momentum, axis=1), n))
    figure = new_figure(5.5)
    axes = figure.subplots(2, -(-len(shown) // 2), sharex=True, sharey=True, squeeze=False)
    scale = _scale(shown.energy)
    for i, panel in enumerate(axes.flat):
        if i >= len(shown):
            panel.remove()
            continue
        image = _picture(panel, shown.energy[i], style, scale)
        x, y = shown.point[i]
        slope = shown.momentum[i, :2] / shown.momentum[i, 2]
        end, centre = ((x, y) + depth * slope for depth in (ARROW_CM, depth_cm))
        panel.annotate(
            "",
            end,
            (x, y),
            arrowprops={
                "arrowstyle": "->",
                "color": MARK,
                "linewidth": 1.3,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        panel.plot(x, y, **ENTRY)
        panel.plot(*centre, **CENTRE)
        panel.set(xlim=EDGES_CM[:2], ylim=EDGES_CM[2:], xticks=[-10, 0, 10], yticks=[-10, 0, 10])
        panel.set_title(
            f"{_momentum(shown.momentum[i])}\nsum E = {_energy(shown.energy[i])}",
            fontsize="medium",
        )
    for panel in axes[-1]:
        panel.set_xlabel("x [cm]")
    for panel in axes[:, 0]:
        panel.set_ylabel("y [cm]")
    figure.colorbar(image, ax=figure.axes, label="Energy deposit [MeV]", aspect=30)
    figure.legend(
        handles=[
            Line2D([], [], **ENTRY, label="entry point"),
            Line2D([], [], **CENTRE, label=f"{depth_cm:.1f} cm below, where the energy is centred"),
        ],
        loc="outside lower center",
        ncols=2,
        frameon=False,
    )
    return figure


@themed
def generated_showers(
    style: Style, real: Showers, generated: pd.DataFrame, n_conditions: int = 6
) -> Figure:
    """Draw generated showers under the real ones that have the same condition.

    Columns are conditions, by rising |p|; rows are the real showers and one generator per method. All panels share
    the colour scale of the real ones; the total energy stands in each panel.

    Args:
        style: of all figures.
        real: the examples of the reference.
        generated: rows of runs with the columns example (position in `real`) and energy (image in MeV); of several
            seeds the first is drawn.
        n_conditions: number of columns.
    """
    chosen = _ranks(np.linalg.norm(real.momentum, axis=1), n_conditions)
    rows = [("real", real.energy[chosen])]
    for group in groups(style, generated):
        energy = group.seeds[0].set_index("example")["energy"]
        rows.append((group.label, np.stack(energy[chosen].tolist())))
    figure = new_figure(1.3 + 1.62 * len(rows))
    axes = figure.subplots(len(rows), len(chosen), squeeze=False)
    scale = _scale(real.energy[chosen])
    for line, (label, images) in zip(axes, rows, strict=True):
        line[0].set_ylabel(wrapped(label, 15))
        for panel, energy in zip(line, images, strict=True):
            image = _picture(panel, energy, style, scale)
            panel.set(xticks=[], yticks=[])
            panel.text(
                0.96,
                0.04,
                _energy(energy),
                transform=panel.transAxes,
                ha="right",
                fontsize="small",
                bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5},
            )
    for panel, i in zip(axes[0], chosen, strict=True):
        x, y = real.point[i]
        panel.set_title(f"{_momentum(real.momentum[i])}\n({x:.1f}, {y:.1f}) cm", fontsize="medium")
    figure.colorbar(
        image,
        ax=axes,
        label="Energy deposit [MeV]",
        location="bottom",
        aspect=60,
        pad=0.01,
        extend="max",
        extendfrac=0.03,
    )
    return figure


def _ranks(values: NDArray[np.floating], n: int) -> NDArray[np.integer]:
    """Return the positions of n values at equal steps of the rank, from the smallest to the largest."""
    steps = np.linspace(0, len(values) - 1, min(n, len(values))).round().astype(int)
    return np.argsort(values)[steps]


def _scale(energy: NDArray[np.floating]) -> LogNorm:
    return LogNorm(SMALLEST_MEV, max(float(energy.max()), 10 * SMALLEST_MEV))


def _picture(axes: Axes, energy: NDArray[np.floating], style: Style, scale: LogNorm) -> AxesImage:
    framed(axes)
    return axes.imshow(
        np.ma.masked_less_equal(energy, 0),
        origin="lower",
        extent=EDGES_CM,
        cmap=style.colormap,
        norm=scale,
        interpolation="nearest",
    )


def _energy(energy: NDArray[np.floating]) -> str:
    """Return the total energy of an image in words, also if it is absurd or not a number."""
    total = float(energy.sum(dtype=float)) / 1000
    if not np.isfinite(total):
        return "not a number"
    if total < 1000:
        return f"{total:.2f} GeV"
    digits, exponent = f"{total:.1e}".split("e")
    return rf"${digits} \times 10^{{{int(exponent)}}}$ GeV"


def _momentum(momentum: NDArray[np.floating]) -> str:
    return f"|p| = {np.linalg.norm(momentum):.1f} GeV"
