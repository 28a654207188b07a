"""Pictures side by side."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from showergan.report.layout import framed
from showergan.report.style import Colour

GAP = 130  # grey between pictures, of 255


def draw_mosaic(axis: Axes, pictures: NDArray[np.uint8], colour: Colour | str) -> None:
    """Draw pictures, shape (n, c, h, w), in a frame of a colour."""
    axis.imshow(mosaic(pictures), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axis.set(xticks=[], yticks=[])
    framed(axis)
    axis.spines[:].set(color=colour, linewidth=2)


def mosaic(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return pictures (n, c, h, w) side by side, row after row, as one (H, W, c), or (H, W) of grey ones."""
    gap = max(pictures.shape[2] // 16, 1)  # else nobody sees where one ends
    beside = ((0, 0), (0, 0), (0, gap), (0, gap))
    spaced = np.pad(pictures, beside, constant_values=GAP)
    n, channels, height, width = spaced.shape
    side = int(np.ceil(np.sqrt(n)))
    whole = np.full((side**2, channels, height, width), GAP, np.uint8)
    whole[:n] = spaced
    rows = whole.reshape(side, side, channels, height, width).transpose(0, 3, 1, 4, 2)
    joined = rows.reshape(side * height, side * width, channels)[:-gap, :-gap]
    return joined[..., 0] if channels == 1 else joined
