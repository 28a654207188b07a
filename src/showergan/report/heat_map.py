"""Cells of a table as a picture: a colour and a text each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize

UNKNOWN = "0.92"  # colour of a cell without a value
NONE = "\N{EN DASH}"  # its text


class Grid(NamedTuple):
    """The cells of a map: a row per metric and a column per method.

    Attributes:
        values: what the colour shows.
        texts: what stands in the cells.
    """

    values: pd.DataFrame
    texts: pd.DataFrame


def draw_map(
    axes: Axes,
    grid: Grid,
    scale: tuple[Colormap, Normalize],
    left: float = 0.0,
    *,
    size: float,
    drawn: np.ndarray | None = None,
) -> None:
    """Draw the cells of a map from x = left on, one unit wide and high, and name its rows; y counts downwards.

    Args:
        axes: of the panel.
        grid: the cells.
        scale: colours and their ends.
        left: x of the left end.
        size: of the texts, in points.
        drawn: which cells there are, all by default.
    """
    values = grid.values.to_numpy(dtype=float)
    colours = scale[0](scale[1](np.ma.masked_invalid(values)))
    # Minus infinity is a value, and the worst; not a missing one.
    colours[np.isneginf(values)] = scale[0].get_under()
    if drawn is not None:
        colours[~drawn, 3] = 0
    rows, columns = values.shape
    x, y = left + np.arange(columns + 1), np.arange(rows + 1)
    axes.pcolormesh(x, y, colours, edgecolors="white", linewidth=1)
    for (row, column), text in np.ndenumerate(grid.texts.to_numpy()):
        red, green, blue, _ = colours[row, column]
        is_dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.48
        axes.text(
            left + column + 0.5,
            row + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color="white" if is_dark else "0.1",
            # Not by colour alone.
            fontweight="bold" if values[row, column] < (scale[1].vmin or 0) else "normal",
        )
    axes.set_yticks(np.arange(rows) + 0.5, list(grid.values.index))
    axes.set(xlim=(0, left + columns), ylim=(rows, 0))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def sentence(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[0].upper() + text[1:]
