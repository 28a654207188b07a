"""Schematic of the task: a particle, the calorimeter and the image (figure 1 of Egorov & Rogachev 2023)."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from showergan.report.layout import empty_figure, framed, new_figure
from showergan.report.style import Style
from showergan.tasks.showers import dataset, sample
from showergan.tasks.showers.calorimeter import DEPTH_CM, FRONT_FACE_CM
from showergan.tasks.showers.drawing import HALF_CM, MARK, energy_scale

START_CM, MIDDLE_CM = -34.0, 25.0  # where the drawn way starts, and how far into the shower it goes
BACK_CM = FRONT_FACE_CM + DEPTH_CM
EDGES_CM = np.linspace(-HALF_CM, HALF_CM, sample.IMAGE_SHAPE[0] + 1)  # of the cells, in x and in y
BODY = "#7f9fbf"
# Direction of x, which points away from the reader, on paper; z goes to the right and y up.
SLANT = (0.42, 0.30)
HEAD = "-|>,head_width=0.3,head_length=0.6"
ARROW = {"arrowstyle": HEAD, "color": MARK, "shrinkA": 0, "shrinkB": 0}


def task(style: Style, data: Path) -> Figure:
    """Draw what is to be learnt: from entry point and momentum to an image of energy deposits."""
    found = dataset.load(data, "test")
    if not len(found):
        return empty_figure("There are no showers to draw the task with.")
    shower = found.select(np.array([_example(found)]))
    energy, point, momentum = shower.energy[0], shower.point[0], shower.momentum[0]
    figure = new_figure(4.5)
    # Two figures in one: the layout of the image must not shrink the experiment.
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(1.75, 1))[0]
    space, image = left.subplots(), right.subplots()
    _experiment(space, point, momentum)
    x, y = np.meshgrid(EDGES_CM, EDGES_CM)
    colours: Any = {"cmap": style.colormap, "norm": energy_scale(energy)}
    deposits = np.ma.masked_less_equal(energy, 0)
    space.pcolormesh(*on_paper(x, y, BACK_CM), deposits, rasterized=True, **colours)
    mesh = image.pcolormesh(x, y, deposits, **colours)
    for line in EDGES_CM:
        image.axhline(line, color="0.93", linewidth=0.4, zorder=0)
        image.axvline(line, color="0.93", linewidth=0.4, zorder=0)
    image.plot(*point, "+", color=MARK, markersize=11, markeredgewidth=2)
    framed(image)
    rows, columns = energy.shape
    image.set(aspect="equal", xlabel="x [cm]", ylabel="y [cm]")
    image.set(xticks=[-10, 0, 10], yticks=[-10, 0, 10])
    image.set_title(f"{rows} \N{MULTIPLICATION SIGN} {columns} energy deposits")
    place: Any = {"location": "bottom", "aspect": 25, "pad": 0.02}
    right.colorbar(mesh, ax=image, label="Energy deposit [MeV]", **place)
    return figure


def on_paper(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> tuple[NDArray, NDArray]:
    """Return where points in space [cm] are drawn: an oblique projection."""
    x, y, z = (np.asarray(a, float) for a in (x, y, z))
    return z + SLANT[0] * x, y + SLANT[1] * x


def _example(found: sample.Showers) -> int:
    """Return the most energetic shower that enters off the centre and crosses the image without leaving it."""
    slope = found.momentum[:, :2] / found.momentum[:, 2:]
    end = found.point + MIDDLE_CM * slope
    inclined = (np.abs(slope).max(axis=1) > 0.1) & (np.abs(end).max(axis=1) < 0.8 * HALF_CM)
    seen = inclined & (np.hypot(*found.point.T) > 2) & (found.point[:, 1] > 0)
    total = found.energy.sum(axis=(1, 2), dtype=float)
    return int(np.argmax(np.where(seen, total, total * 1e-9)))


def _experiment(axes: Axes, point: NDArray, momentum: NDArray) -> None:
    """Draw the calorimeter and the particle in space."""
    axes.set_axis_off()
    axes.set(aspect="equal", xlim=(-44, 52), ylim=(-26, 30))
    _calorimeter(axes)
    _plane(axes, 0, facecolor="none", edgecolor="0.35", linewidth=1, linestyle="--")
    for name, direction in zip("xyz", np.eye(3) * 7, strict=True):
        du, dv = map(float, on_paper(*direction))
        arrow = ARROW | {"color": "0.25", "linewidth": 1}
        axes.annotate("", (-39 + du, -21 + dv), (-39, -21), arrowprops=arrow)
        place = -39 + 1.25 * du + 0.3, -21 + 1.25 * dv
        axes.text(*place, name, ha="center", va="center", color="0.25")

    def way(z: float) -> tuple[float, float]:
        x, y = point + momentum[:2] / momentum[2] * z
        u, v = on_paper(x, y, z)
        return float(u), float(v)

    front = way(FRONT_FACE_CM)
    axes.annotate("", front, way(START_CM), arrowprops=ARROW | {"linewidth": 2.4})
    axes.plot(*zip(front, way(MIDDLE_CM), strict=True), color=MARK, linewidth=1.6, linestyle=":")
    axes.plot(*way(0), "o", color=MARK, markersize=7, markeredgecolor="white")
    numbers, (x, y) = ", ".join(f"{p:.1f}" for p in momentum), point
    text = f"momentum\n$(p_x, p_y, p_z)$ =\n({numbers}) GeV"
    axes.text(-44, max(way(START_CM)[1], way(-20)[1]) + 4, text, color=MARK)
    text = f"entry point (x, y) = ({x:.1f}, {y:.1f}) cm\nin the plane z = 0"
    thread = {"arrowstyle": "-", "color": MARK, "linewidth": 0.8, "relpos": (0, 0)}
    axes.annotate(text, way(0), xytext=(10, 24.5), color=MARK, arrowprops=thread)
    axes.text(-7, 16.5, "front face", ha="right", color="0.25")
    axes.text(15, -23.5, "calorimeter", ha="center", color=BODY)
    axes.annotate("", (51, 0), (45, 0), arrowprops=ARROW | {"color": "0.4", "linewidth": 2.4})


def _calorimeter(axes: Axes) -> None:
    """Draw the body, and its front face with the cells."""
    whole = [-HALF_CM, HALF_CM]
    for x, y in product(whole, whole):
        axes.plot(*on_paper([x, x], [y, y], [FRONT_FACE_CM, BACK_CM]), color=BODY, linewidth=0.9)
    _plane(axes, BACK_CM, facecolor="white", edgecolor=BODY, linewidth=0.9)
    _plane(axes, FRONT_FACE_CM, facecolor=BODY, alpha=0.35, edgecolor="none")
    for line in EDGES_CM:
        for across, up in (([line, line], whole), (whole, [line, line])):
            axes.plot(*on_paper(across, up, FRONT_FACE_CM), color="white", linewidth=0.4)
    _plane(axes, FRONT_FACE_CM, facecolor="none", edgecolor="0.25", linewidth=1.1)


def _plane(axes: Axes, z: float, **style: Any) -> None:
    x, y = [-HALF_CM, HALF_CM, HALF_CM, -HALF_CM], [-HALF_CM, -HALF_CM, HALF_CM, HALF_CM]
    axes.fill(*on_paper(x, y, z), **style)
