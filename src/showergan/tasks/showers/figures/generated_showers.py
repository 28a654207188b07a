"""Generated showers beside real ones of the same condition."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.io.hdf5 import opened_hdf5
from showergan.report.layout import new_figure
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style
from showergan.report.texts import wrapped
from showergan.tasks.showers import sample
from showergan.tasks.showers.drawing import draw_image, energy_of, energy_scale, momentum_of, ranks

N_CONDITIONS = 6
PAPER = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1.5}  # under words


def generated_showers(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw generated showers under the real ones that have the same condition.

    Columns are conditions, by rising |p|; rows are the real showers and one generator per method. All panels share
    the colour scale of the real ones; the total energy stands in each panel. Of several seeds the first is drawn.
    """
    real = read_examples(reference)
    chosen = ranks(np.linalg.norm(real.momentum, axis=1), N_CONDITIONS)
    rows = [("real", real.energy[chosen])]
    for group in groups(style, at_chosen_rates(examples, grid)):
        energy = group.seeds[0].set_index("example")["energy"]
        rows.append((group.label, np.stack(energy[chosen].tolist())))
    figure = new_figure(1.3 + 1.62 * len(rows))
    axes = figure.subplots(len(rows), len(chosen), squeeze=False)
    scale = energy_scale(real.energy[chosen])
    for line, (label, images) in zip(axes, rows, strict=True):
        line[0].set_ylabel(wrapped(label, 15))
        for panel, energy in zip(line, images, strict=True):
            image = draw_image(panel, energy, style, scale)
            panel.set(xticks=[], yticks=[])
            place: Any = {"transform": panel.transAxes, "ha": "right", "bbox": PAPER}
            panel.text(0.96, 0.04, energy_of(energy), fontsize="small", **place)
    for panel, i in zip(axes[0], chosen, strict=True):
        x, y = real.point[i]
        panel.set_title(f"{momentum_of(real.momentum[i])}\n({x:.1f}, {y:.1f}) cm")
    own: Any = {"location": "bottom", "aspect": 60, "pad": 0.01, "extend": "max"}
    figure.colorbar(image, ax=axes, label="Energy deposit [MeV]", extendfrac=0.03, **own)
    return figure


def read_examples(reference: Path) -> sample.Showers:
    """Read the real showers that every generator imitates in `examples.npz`."""
    with opened_hdf5(reference) as file:
        arrays = {name: file[f"examples/{name}"][:] for name in ("energy", "point", "momentum")}
    return sample.Showers(**arrays, pdg=None)
