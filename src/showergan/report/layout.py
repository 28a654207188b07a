"""Layout of a figure: size, panels, texts beside them, legend; and a figure that says why it is empty."""

from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from showergan.report.texts import wrapped

WIDTH_INCH = 10.0

# Of a legend: what each label stands for, an artist or the properties of a line.
Key = dict[str, Any]


def new_figure(height_inch: float) -> Figure:
    """Return an empty figure of the common width; pyplot, which would keep it alive, is not involved."""
    return Figure(figsize=(WIDTH_INCH, height_inch), layout="compressed")


def empty_figure(reason: str) -> Figure:
    """Return a figure that says in words why it is empty: a run without such methods is no failure."""
    figure = new_figure(2.2)
    axes = figure.subplots()
    axes.set_axis_off()
    style: Any = {"ha": "center", "va": "center", "fontsize": "large", "color": "0.35"}
    axes.text(0.5, 0.5, wrapped(reason, 56), transform=axes.transAxes, linespacing=1.5, **style)
    return figure


def rows_of(n: int, per_row: int) -> int:
    """Return how many rows n panels need, one for none."""
    return max(-(-n // per_row), 1)


def panels(figure: Figure, n: int, per_row: int, *, shared: bool = False) -> np.ndarray:
    """Return the axes of n panels by row and column, one for none; the last row may have fewer."""
    columns = min(max(n, 1), per_row)
    share: Any = {"sharex": shared, "sharey": shared}
    axes = figure.subplots(rows_of(n, per_row), columns, squeeze=False, **share)
    for panel in axes.flat[max(n, 1) :]:
        panel.remove()
    return axes


def label_outer(axes: np.ndarray, x: str = "", y: str = "") -> None:
    """Name the axes: x below the last panel of each column, which has numbers, y left of the first column."""
    for column in axes.T if x else ():
        last = [panel for panel in column if panel.figure is not None][-1]
        last.set_xlabel(x)
        last.tick_params(axis="x", labelbottom=True)
    for panel in axes[:, 0] if y else ():
        panel.set_ylabel(y)


def legend_below(figure: Figure, key: Key) -> None:
    """Put one legend under all panels, in as many columns as fit; the figure grows by its height."""
    if not key:
        return
    handles = [one if isinstance(one, Artist) else Line2D([], [], **one) for one in key.values()]
    size_inch = rcParams["legend.fontsize"] / 72
    widest_inch = (max(map(len, key)) * 0.5 + 6) * size_inch
    most = min(max(int(WIDTH_INCH / widest_inch), 1), len(key))
    columns = rows_of(len(key), rows_of(len(key), most))  # as full as each other
    height_inch = (1.6 * rows_of(len(key), columns) + 1) * size_inch
    figure.set_figheight(figure.get_figheight() + height_inch)
    figure.legend(handles, list(key), loc="outside lower center", ncols=columns)


def beside(axes: Axes, y: float, text: str, **style: Any) -> None:
    """Write a text at the height y into the margin on the right, where no data are."""
    place: Any = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    axes.annotate(text, (1, y), xytext=(6, 0), va="center", **place, **style)


def names_in_rows(axes: Axes, names: list[str]) -> None:
    """Name rows at y = 0, 1, ... from the top, without ticks."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)


def few_ticks(axes: Axes, columns: int) -> None:
    """Leave room between the numbers below a panel of so many beside each other: they may be as long as -0.0025."""
    axes.locator_params(axis="x", nbins=max(1, min(4, 12 // columns)))


def framed(axes: Axes) -> None:
    """Close the frame of an image, thinly."""
    axes.spines[:].set(visible=True, color="0.5", linewidth=0.6)
    axes.tick_params(width=0.6, length=3, color="0.5")
