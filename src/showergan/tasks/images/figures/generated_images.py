"""Generated images: beside real ones, and of every architecture under every method."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from showergan.io.hdf5 import opened_hdf5
from showergan.report.layout import WIDTH_INCH, empty_figure, framed, new_figure, panels
from showergan.report.runs import at_chosen_rates, groups
from showergan.report.style import Colour, Style
from showergan.report.texts import fitted, records, wrapped

COLUMNS, SIDE = 4, 6  # panels, and images of a row of a panel, beside real ones
ROWS, SMALL_SIDE = 12, 4  # architectures, and images of a row of a panel, of architectures
REAL, FAILED, WELL = "0.35", "crimson", "0.6"
GAP = 130  # grey between images, of 255


def generated_images(
    style: Style, reference: Path, examples: pd.DataFrame, grid: pd.DataFrame
) -> Figure:
    """Draw real images, and as many of each method, made for the same classes if conditional.

    Of several seeds the first is drawn, at the last evaluated epoch; no image is chosen by hand.
    """
    with opened_hdf5(reference) as file:
        real = ((file["examples/image"][: SIDE**2] + 1) * 127.5).round().astype(np.uint8)
    parts = [("real", to_rgb(REAL), real)]
    for group in groups(style, at_chosen_rates(examples, grid)):
        images = np.stack(group.seeds[0]["image"].tolist())[: SIDE**2]
        parts.append((group.label, group.colour, images))
    columns = min(COLUMNS, len(parts))
    figure = new_figure(0.1 + -(-len(parts) // columns) * (0.3 + WIDTH_INCH / columns))
    for panel, part in zip(panels(figure, len(parts), COLUMNS).flat, parts, strict=False):
        label, colour, images = part
        draw_mosaic(panel, images, colour)
        panel.set_title(wrapped(label, 26), fontsize="medium")
    return figure


def architecture_images(
    style: Style, examples: pd.DataFrame, grid: pd.DataFrame, outcomes: pd.DataFrame
) -> Figure:
    """Draw generated images, a row per architecture and a column per method, with the score under them.

    Of several seeds the first is drawn, at the last evaluated epoch; no image is chosen by hand. A run has at most 12
    rows, the first architectures (Gulrajani et al. 2017, figure 2).
    """
    shown = at_chosen_rates(examples, grid)
    images = {key: part["image"] for key, part in shown.groupby(["architecture", "method"])}
    outcome = {(row["architecture"], row["method"]): row for row in records(outcomes)}
    names, methods = list(style.architectures)[:ROWS], list(style.labels)
    if not (images and outcome):
        return empty_figure("No method was compared.")
    side_inch = min((WIDTH_INCH - 1.25) / len(methods), 2.2)
    figure = new_figure(0.9 + len(names) * (side_inch + 0.28))
    axes = figure.subplots(len(names), len(methods), squeeze=False)
    for line, name in zip(axes, names, strict=True):
        for panel, method in zip(line, methods, strict=True):
            row = outcome[name, method]
            failed = row["failure"] != "none"
            of_first_seed = np.stack(images[name, method].iloc[: SMALL_SIDE**2].tolist())
            draw_mosaic(panel, of_first_seed, FAILED if failed else WELL)
            text = f"{row['fraction']:.2f}" + " failed" * failed
            panel.set_xlabel(text, color=FAILED if failed else "black", labelpad=3)
        line[0].set_ylabel(fitted(style.architectures[name], 18), fontsize="small")
    for panel, method in zip(axes[0], methods, strict=True):
        panel.set_title(fitted(style.labels[method], 16), fontsize="medium")
    some = f"\nthe first {len(names)} of {len(style.architectures)} architectures"
    score = f"PRD-AUC ({outcomes['score'].iloc[0]}) over its ceiling at the epoch chosen on select"
    head = f"Images of the last epoch; below, {score}"
    figure.suptitle(head + some * (len(style.architectures) > ROWS), fontsize="medium")
    return figure


def draw_mosaic(axes: Axes, images: NDArray[np.uint8], colour: Colour | str) -> None:
    """Draw images, shape (n, c, h, w), in a frame of a colour."""
    axes.imshow(mosaic(images), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    framed(axes)
    axes.spines[:].set(color=colour, linewidth=2)


def mosaic(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images (n, c, h, w) side by side, row after row, as one (H, W, c), or (H, W) of grey ones."""
    gap = max(images.shape[2] // 16, 1)  # else nobody sees where one ends
    spaced = np.pad(images, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=GAP)
    n, channels, height, width = spaced.shape
    side = int(np.ceil(np.sqrt(n)))
    whole = np.full((side**2, channels, height, width), GAP, np.uint8)
    whole[:n] = spaced
    rows = whole.reshape(side, side, channels, height, width).transpose(0, 3, 1, 4, 2)
    joined = rows.reshape(side * height, side * width, channels)[:-gap, :-gap]
    return joined[..., 0] if channels == 1 else joined
