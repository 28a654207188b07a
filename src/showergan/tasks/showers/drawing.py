"""Images of showers, and texts beside them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from showergan.config.tasks.showers import THRESHOLD_MEV
from showergan.report.layout import framed
from showergan.report.style import Style

HALF_CM = 15.0  # of an image
EDGES_CM = (-HALF_CM, HALF_CM, -HALF_CM, HALF_CM)
MARK = "#d55e00"  # of what is drawn over an image


def ranks(values: NDArray[np.floating], n: int) -> NDArray[np.integer]:
    """Return the positions of n values at equal steps of the rank, from the smallest to the largest."""
    steps = np.linspace(0, len(values) - 1, min(n, len(values))).round().astype(int)
    return np.argsort(values)[steps]


def energy_scale(energy: NDArray[np.floating]) -> LogNorm:
    """Return the logarithmic scale of the colours of images."""
    return LogNorm(THRESHOLD_MEV, max(float(energy.max()), 10 * THRESHOLD_MEV))


def draw_image(axes: Axes, energy: NDArray[np.floating], style: Style, scale: LogNorm) -> AxesImage:
    """Draw an image (30, 30) [MeV]; cells without energy are white."""
    framed(axes)
    return axes.imshow(
        np.ma.masked_less_equal(energy, 0),
        origin="lower",
        extent=EDGES_CM,
        cmap=style.colormap,
        norm=scale,
        interpolation="nearest",
    )


def energy_of(energy: NDArray[np.floating]) -> str:
    """Return the total energy of an image in words, also if it is absurd or not a number."""
    total = float(energy.sum(dtype=float)) / 1000
    if not np.isfinite(total):
        return "not a number"
    if total < 1000:
        return f"{total:.2f} GeV"
    digits, exponent = f"{total:.1e}".split("e")
    return rf"${digits} \times 10^{{{int(exponent)}}}$ GeV"


def momentum_of(momentum: NDArray[np.floating]) -> str:
    """Return the size of a momentum in words."""
    return f"|p| = {np.linalg.norm(momentum):.1f} GeV"
