"""Generated pictures beside real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from showergan.io.hdf5 import opened_hdf5
from showergan.report.labels import wrapped
from showergan.report.layout import new_figure
from showergan.report.registry import GLANCE, register_figure
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Style
from showergan.tasks.images.drawing.mosaic import draw_mosaic

COLUMNS = 4  # panels
SIDE = 6  # pictures of a row of a panel
REAL = "0.35"


@register_figure("3 Generated beside real pictures", GLANCE)
def generated_images(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw real pictures, and as many of each method, made for the same classes where any are asked for.

    Of several seeds the first is drawn, at the last evaluated epoch; no picture is chosen by hand.
    """
    with opened_hdf5(reference) as file:
        real = ((file["examples/image"][: SIDE**2] + 1) * 127.5).round().astype(np.uint8)
    panels = [
        ("real", to_rgb(REAL), real),
        *(
            (group.label, group.colour, np.stack(group.seeds[0]["image"].tolist())[: SIDE**2])
            for group in groups(style, at_chosen_rates(examples, grid))
        ),
    ]
    columns = min(COLUMNS, len(panels))
    lines = -(-len(panels) // columns)
    figure = new_figure(0.2 + lines * (0.5 + 11 / columns))
    axes = figure.subplots(lines, columns, squeeze=False)
    for axis in axes.flat[len(panels) :]:
        axis.set_axis_off()
    for axis, (label, colour, pictures) in zip(axes.flat, panels, strict=False):
        draw_mosaic(axis, pictures, colour)
        axis.set_title(wrapped(label, 26), fontsize="medium")
    return figure
