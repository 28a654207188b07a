"""Pictures of every architecture under every method (Gulrajani et al. 2017, figure 2)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from showergan.report.applicable import with_several_architectures
from showergan.report.labels import fitted, records
from showergan.report.layout import WIDTH_INCH, new_figure
from showergan.report.registry import WGAN_STUDY, register_figure
from showergan.report.runs import at_chosen_rates
from showergan.report.style import Style
from showergan.tasks.images.drawing.mosaic import draw_mosaic

ROWS = 12
SIDE = 4  # pictures of a row of a panel
FAILED = "crimson"
WELL = "0.6"


@register_figure(
    "Architectures under each method",
    WGAN_STUDY,
    with_several_architectures,
    every_architecture=True,
)
def architecture_pictures(
    style: Style, examples: pd.DataFrame, grid: pd.DataFrame, outcomes: pd.DataFrame
) -> Figure:
    """Draw generated pictures, a row per architecture and a column per method, with the score under them.

    Of several seeds the first is drawn, at the last evaluated epoch; no picture is chosen by hand. A run has at most 12
    rows, the first architectures.
    """
    shown = at_chosen_rates(examples, grid)
    pictures = {key: part["image"] for key, part in shown.groupby(["architecture", "method"])}
    told = {(row["architecture"], row["method"]): row for row in records(outcomes)}
    names, methods = list(style.architectures)[:ROWS], list(style.labels)
    side_inch = min((WIDTH_INCH - 1.25) / len(methods), 2.2)
    figure = new_figure(0.9 + len(names) * (side_inch + 0.28))
    axes = figure.subplots(len(names), len(methods), squeeze=False)
    for line, name in zip(axes, names, strict=True):
        for panel, method in zip(line, methods, strict=True):
            row = told[name, method]
            failed = row["failure"] != "none"
            of_first_seed = np.stack(pictures[name, method].iloc[: SIDE**2].tolist())
            draw_mosaic(panel, of_first_seed, FAILED if failed else WELL)
            panel.set_xlabel(
                f"{row['fraction']:.2f}" + " failed" * failed,
                color=FAILED if failed else "black",
                labelpad=3,
            )
        line[0].set_ylabel(fitted(style.architectures[name], 18), fontsize="small")
    for panel, method in zip(axes[0], methods, strict=True):
        panel.set_title(fitted(style.labels[method], 16), fontsize="medium")
    score = outcomes["score"].iloc[0]
    some = f", the first {len(names)} of {len(style.architectures)} architectures"
    figure.suptitle(
        f"PRD-AUC ({score}) over its ceiling" + some * (len(style.architectures) > ROWS),
        fontsize="medium",
    )
    return figure
