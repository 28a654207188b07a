"""Compare GFLASH with Geant4, by showers of the same electrons: print tables, draw docs/gflash_beside_geant4.png.

    python benchmarks/simulators.py
    python benchmarks/simulators.py --on-axis on_axis.npz

With --on-axis electrons of 1, 5, 20 and 100 GeV that fly along the axis are compared, too; where there is no such file,
Geant4 simulates them, which takes some six minutes of one core, and it is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.config.tasks.showers import THRESHOLD_MEV
from showergan.report.layout import WIDTH_INCH
from showergan.report.style import Style
from showergan.report.texts import compact, plus_minus
from showergan.tasks.showers import gflash
from showergan.tasks.showers.calorimeter import FRONT_FACE_CM
from showergan.tasks.showers.drawing import draw_image
from showergan.tasks.showers.geant4 import simulation as geant4
from showergan.tasks.showers.resources import SAMPLE
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.shower_file import read_showers
from showergan.tasks.showers.statistics import (
    CELLS_CM,
    STATISTICS,
    DepthFit,
    energy_centre,
    observables,
    physics_statistics,
)

FIGURE = Path(__file__).parents[1] / "docs/gflash_beside_geant4.png"
SEED = 5
SIMULATORS = ("Geant4", "GFLASH")
BANDS_GEV = (1, 2, 5, 10, 20, 50, 100)
ON_AXIS = {1: 600, 5: 400, 20: 200, 100: 240}  # showers by energy in GeV
TIMES = 10  # showers of GFLASH for each of these
RINGS = [f"{k} to {k + 1} cm" for k in range(10)]
CONTAINED_CM = (
    7.0  # about a centre of energy that is nearer to the middle, most of the rings lie in the image
)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999)

Pair = tuple[pd.DataFrame, pd.DataFrame]
Statistic = Callable[[pd.DataFrame], float]


def joined(parts: list[Showers]) -> Showers:
    """Return some showers as one."""
    names = ("energy", "point", "momentum")
    return Showers(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names), None
    )


def on_axis(path: Path) -> dict[str, Showers]:
    """Return Geant4 showers by energy, of entry points spread over a cell; read, or made and written."""
    if not path.exists():
        made = []
        for energy, n in ON_AXIS.items():
            point = np.random.default_rng(SEED).uniform(0, 1, (n, 2)).astype(np.float32)
            momentum = np.tile(np.array([0, 0, energy], np.float32), (n, 1))
            made += geant4.resimulate(point, momentum, SEED)
        every = joined(made)
        np.savez(path, energy=every.energy, point=every.point, momentum=every.momentum)
    with np.load(path) as file:
        every = Showers(file["energy"], file["point"], file["momentum"], None)
    return {f"{energy} GeV": every.select(every.momentum[:, 2] == energy) for energy in ON_AXIS}


def measured(showers: Showers, axis: NDArray[np.floating], depth_cm: float) -> pd.DataFrame:
    """Return a row per shower, with the fractions of its energy in rings about `axis` (n, 2) in cm."""
    seen = observables(showers.energy)
    total = seen["total_energy_MeV"]
    dx, dy = (CELLS_CM - axis[:, [k]] for k in (0, 1))
    ring = np.hypot(dx[:, None, :], dy[:, :, None]).astype(int)
    rings = {
        name: (showers.energy * (ring == k)).sum(axis=(1, 2)) / total
        for k, name in enumerate(RINGS)
    }
    values, _ = physics_statistics(
        showers.energy, showers.point, showers.momentum, "corrected", depth_cm
    )
    size = np.linalg.norm(showers.momentum, axis=1)
    told = {"E": size, "response": total / (1000 * size), "occupancy": seen["occupancy"]}
    return pd.DataFrame(told | rings | dict(zip(STATISTICS, values.T, strict=True)))


def percent_of(name: str) -> Statistic:
    """Return the statistic that is the mean of a column, in percent."""
    return lambda rows: 100 * float(rows[name].mean())


def resolution(rows: pd.DataFrame) -> float:
    """Return the relative spread of the response times sqrt(E / GeV), in percent."""
    return 100 * float(((rows.response / rows.response.mean() - 1) * np.sqrt(rows.E)).std())


def spread(statistic: Statistic, rows: pd.DataFrame) -> float:
    """Return the standard deviation of a statistic over 100 bootstrap samples of the showers."""
    draws = np.random.default_rng(1).integers(0, len(rows), (100, len(rows)))
    return float(np.std([statistic(rows.iloc[draw]) for draw in draws], ddof=1))


def ratio(pair: Pair, statistic: Statistic) -> tuple[float, float]:
    """Return GFLASH over Geant4, and the standard deviation of that."""
    real, made = (statistic(rows) for rows in pair)
    errors = [spread(statistic, rows) / statistic(rows) for rows in pair]
    return made / real, made / real * float(np.hypot(*errors))


def compared(pairs: dict[str, Pair], statistics: dict[str, Statistic]) -> pd.DataFrame:
    """Return a row per sample; of each statistic what Geant4 has, and the ratio."""
    rows = []
    for label, pair in pairs.items():
        row = {"electrons": label}
        for name, statistic in statistics.items():
            row[name] = plus_minus(statistic(pair[0]), spread(statistic, pair[0]))
            row[f"{name}, ratio"] = plus_minus(*ratio(pair, statistic))
        rows.append(row)
    return pd.DataFrame(rows)


def rings_of(pairs: dict[str, Pair]) -> pd.DataFrame:
    """Return a row per ring: of each sample what Geant4 has, and the ratio."""
    rows = []
    for name in RINGS:
        row = {"distance": name}
        for label, pair in pairs.items():
            row[f"{label} [%]"] = f"{percent_of(name)(pair[0]):.2f}"
            row[f"{label}, ratio"] = plus_minus(*ratio(pair, percent_of(name)))
        rows.append(row)
    return pd.DataFrame(rows)


def depths(showers: tuple[Showers, Showers]) -> pd.DataFrame:
    """Return how deep behind the front face the energy is centred, in cm, by bands of E."""
    size = np.linalg.norm(showers[0].momentum, axis=1)
    rows = []
    for low, high in pairwise(BANDS_GEV):
        row = {"electrons": f"{low} to {high} GeV"}
        for name, some in zip(SIMULATORS, showers, strict=True):
            fit = DepthFit()
            fit.add(some.select((size >= low) & (size < high)))
            row[f"{name} [cm]"] = f"{fit.depth_cm - FRONT_FACE_CM:.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def cells(pairs: dict[str, tuple[Showers, Showers]]) -> pd.DataFrame:
    """Return quantiles of the energies of the cells that are not empty, in MeV."""
    rows = []
    for label, pair in pairs.items():
        found = [np.quantile(s.energy[s.energy > 0], QUANTILES) for s in pair]
        for name, values in zip((*SIMULATORS, "ratio"), (*found, found[1] / found[0]), strict=True):
            row = {"electrons": label, "cells": name}
            shown = zip(QUANTILES, values, strict=True)
            rows.append(row | {f"{100 * q:g} %": compact(value) for q, value in shown})
    return pd.DataFrame(rows)


def draw(
    style: Style, showers: tuple[Showers, Showers], bands: dict[str, Pair], inside: Pair
) -> mpl.figure.Figure:
    """Draw one electron by both, and resolution, occupancy, radial profile and energies of cells of all."""
    figure = mpl.figure.Figure(figsize=(WIDTH_INCH, 7.6), layout="constrained")
    panels = figure.subplot_mosaic(
        [[*SIMULATORS, "resolution"], ["rings", "cells", "occupancy"], ["ring", "cell", "ratio"]],
        height_ratios=(3, 2.5, 0.9),
    )
    real, made = showers
    colours = ("0.25", mpl.color_sequences[style.figures.palette][1])
    lines: list[dict[str, Any]] = [
        {"color": colours[0], "marker": "o", "linewidth": 2.5},
        {"color": colours[1], "marker": "s", "linestyle": "--", "markerfacecolor": "white"},
    ]
    size = np.linalg.norm(real.momentum, axis=1)
    slope = real.momentum[:, :2] / real.momentum[:, 2:]
    one = int(np.argmin(np.abs(size - 20) + np.abs(real.point).sum(1) + 20 * np.abs(slope).sum(1)))
    scale = mpl.colors.LogNorm(THRESHOLD_MEV, float(real.energy[one].max()))
    for name, some in zip(SIMULATORS, showers, strict=True):
        image = draw_image(panels[name], some.energy[one], style, scale)
        panels[name].set(title=f"{name}, {size[one]:.0f} GeV", xlabel="x [cm]", ylabel="y [cm]")
    figure.colorbar(image, ax=panels[SIMULATORS[1]], label="energy [MeV]", fraction=0.046)

    energies = [pair[0].E.median() for pair in bands.values()]
    for panel, statistic in (("resolution", resolution), ("occupancy", percent_of("occupancy"))):
        for place, line in enumerate(lines):
            values = [statistic(pair[place]) for pair in bands.values()]
            errors = [spread(statistic, pair[place]) for pair in bands.values()]
            panels[panel].errorbar(energies, values, errors, label=SIMULATORS[place], **line)
    ratios = [ratio(pair, percent_of("occupancy")) for pair in bands.values()]
    strip(panels["ratio"], energies, *zip(*ratios, strict=True), colours[1])
    for name in ("resolution", "occupancy", "ratio"):
        panels[name].set(xscale="log", xlim=(1, 100), xticks=(1, 10, 100), xticklabels=(1, 10, 100))
        panels[name].minorticks_off()
    panels["resolution"].set_ylim(0)
    panels["occupancy"].set_ylim(0)
    panels["resolution"].legend(loc="lower left")
    panels["resolution"].set(
        ylabel="resolution · √(E/GeV) [%]", xlabel="energy of the electron [GeV]"
    )
    panels["occupancy"].set(ylabel=f"cells above {THRESHOLD_MEV} MeV [%]")
    panels["ratio"].set(xlabel="energy of the electron [GeV]")

    radii = np.arange(len(RINGS)) + 0.5
    area = 2 * np.pi * radii
    for rows, line in zip(inside, lines, strict=True):
        panels["rings"].plot(radii, 100 * rows[RINGS].mean() / area, **line)
    ratios = [ratio(inside, percent_of(name)) for name in RINGS]
    strip(panels["ring"], radii, *zip(*ratios, strict=True), colours[1])
    panels["rings"].set(yscale="log", ylabel="energy per cm² [%]")
    panels["ring"].set(xlabel="distance to the centre of energy [cm]")

    edges = np.geomspace(THRESHOLD_MEV, real.energy.max(), 41)
    counts = [np.histogram(some.energy[some.energy > 0], edges)[0] for some in showers]
    middles = np.sqrt(edges[1:] * edges[:-1])
    panels["cells"].stairs(counts[0] / len(real), edges, fill=True, color="0.8")
    panels["cells"].stairs(counts[1] / len(made), edges, color=colours[1], linewidth=2)
    errors = counts[1] / counts[0] * np.sqrt(1 / counts[0] + 1 / counts[1])
    strip(panels["cell"], middles, counts[1] / counts[0], errors, colours[1])
    panels["cells"].set(xscale="log", yscale="log", ylabel="cells per shower")
    panels["cell"].set(xscale="log", xlabel="energy of the cell [MeV]")
    for upper, lower in (("rings", "ring"), ("cells", "cell"), ("occupancy", "ratio")):
        panels[upper].tick_params(labelbottom=False)
        panels[lower].set_xlim(panels[upper].get_xlim())
    panels["ring"].set(ylabel="GFLASH\n/ Geant4")
    return figure


def strip(axes: mpl.axes.Axes, x: Any, y: Any, error: Any, colour: Any) -> None:
    """Draw ratios about 1."""
    axes.axhline(1, color="0.25", linewidth=1)
    axes.errorbar(x, y, error, fmt=".", color=colour)
    axes.set(ylim=(0.8, 1.2))


def main() -> None:
    """Simulate, measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--geant4", type=Path, default=SAMPLE, help="npz file of Geant4 showers")
    parser.add_argument("--on-axis", type=Path, help="npz file, which is made if there is none")
    options = parser.parse_args()

    real = joined(list(read_showers(options.geant4, "error")))
    made = joined(list(gflash.resimulate(real.point, real.momentum, SEED)))
    fit = DepthFit()
    fit.add(real)
    near = np.abs(energy_centre(real.energy)).max(axis=1) < CONTAINED_CM
    inside: Pair = tuple(
        measured(s, energy_centre(s.energy), fit.depth_cm)[near] for s in (real, made)
    )
    bands: dict[str, Pair] = {
        f"{low} to {high} GeV": tuple(rows[rows.E.between(low, high)] for rows in inside)
        for low, high in pairwise(BANDS_GEV)
    }
    straight: dict[str, Pair] = {}
    pairs = {"all": (real, made)}
    if options.on_axis:
        for label, some in on_axis(options.on_axis).items():
            electrons = (np.repeat(values, TIMES, axis=0) for values in some.conditions)
            pairs[label] = some, joined(list(gflash.resimulate(*electrons, SEED)))
            straight[label] = tuple(measured(s, s.point, fit.depth_cm) for s in pairs[label])

    along = {f"{label}, on axis": pair for label, pair in straight.items()}
    statistics = {
        "visible [% of E]": percent_of("response"),
        "resolution · √E [%]": resolution,
        "occupancy [%]": percent_of("occupancy"),
    }
    widths = {
        f"{name.replace('_', ' ')} [cm]": lambda rows, name=name: float(rows[name].mean())
        for name in STATISTICS
        if "width" in name
    }
    print(f"{near.sum()} of {len(real)} electrons, and electrons on axis. Ratio: GFLASH / Geant4.")
    for table in (
        compared(bands | along, statistics),
        rings_of({"all": inside} | straight),
        compared({"all": inside}, widths),
        depths((real, made)),
        cells(pairs),
    ):
        print("\n" + table.to_markdown(index=False, disable_numparse=True))
    with Style().theme():
        draw(Style(), (real, made), bands, inside).savefig(FIGURE, metadata={"Software": None})


if __name__ == "__main__":
    main()
