"""The look that all figures share: colours, fonts, sizes, and how they are written."""

import json
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self

import matplotlib as mpl
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from showergan.config import Figures
from showergan.files import write_aside

WIDTH_INCH = 10.0

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """The look of the figures and the methods in the order of their colours.

    Attributes:
        look: dpi, palette, colour map and text size, from the configuration.
        labels: label of each method; the order gives the colours.
    """

    look: Figures
    labels: dict[str, str]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the style in a text {"figures": {...}, "labels": {method: label} or [[method, label], ...]}."""
        raw = json.loads(text)
        return cls(Figures.model_validate(raw["figures"]), dict(raw["labels"]))

    def colour(self, method: str) -> Colour:
        """Return the colour of a method: the same in every figure, however many methods a figure shows."""
        position = list(self.labels).index(method)
        return sns.color_palette(self.look.palette, len(self.labels))[position]

    @property
    def colormap(self) -> Colormap:
        """The colour map of densities and energies; cells without a value stay white."""
        return mpl.colormaps[self.look.colormap].with_extremes(bad="white")

    @contextmanager
    def theme(self) -> Iterator[None]:
        """Set matplotlib's parameters for as long as the context lasts."""
        with (
            mpl.rc_context(),
            sns.axes_style("ticks"),
            sns.plotting_context(self.look.context, font_scale=0.9),
        ):
            mpl.rcParams.update(
                {
                    "axes.spines.right": False,
                    "axes.spines.top": False,
                    "axes.titleweight": "normal",
                    "legend.frameon": False,
                    "pdf.fonttype": 42,  # text stays text in vector editors
                    "savefig.dpi": self.look.dpi,
                }
            )
            yield

    def save(self, figure: Figure, png: str | Path, pdf: str | Path) -> None:
        """Write a figure as PNG and PDF; the same figure gives the same bytes."""
        undated = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
        with self.theme():  # matplotlib makes ticks, and reads their parameters, as late as here
            for path in (Path(png), Path(pdf)):
                kind = path.suffix[1:]
                with write_aside(path) as aside:
                    figure.savefig(aside, format=kind, metadata=undated[kind])


P = ParamSpec("P")


def themed(
    draw: Callable[Concatenate[Style, P], Figure],
) -> Callable[Concatenate[Style, P], Figure]:
    """Make a function draw within the theme of its style, its first argument."""

    @wraps(draw)
    def within_theme(style: Style, *args: P.args, **kwargs: P.kwargs) -> Figure:
        with style.theme():
            return draw(style, *args, **kwargs)

    return within_theme


def new_figure(height_inch: float) -> Figure:
    """Return an empty figure of the common width; pyplot, which would keep it alive, is not involved."""
    return Figure(figsize=(WIDTH_INCH, height_inch), layout="constrained")


def legend_below(figure: Figure, handles: list[Artist], labels: list[str]) -> None:
    """Put one legend under all panels, in as many columns as fit."""
    label_inch = max(map(len, labels)) * 0.5 * mpl.rcParams["legend.fontsize"] / 72
    columns = int(WIDTH_INCH / (label_inch + 0.8))
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=min(max(columns, 1), len(labels)),
    )


def wrapped(label: str, width: int) -> str:
    """Break a label into lines of about `width` characters, never inside a word."""
    return textwrap.fill(label, width, break_long_words=False, break_on_hyphens=False)


def bare(axes: Axes, **spines: Any) -> None:
    """Leave out the ticks of a picture and close its frame."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="0.6", linewidth=0.6, **spines)
