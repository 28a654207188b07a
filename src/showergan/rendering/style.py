"""The look that all figures share: colours, fonts, sizes, and how they are written."""

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Self

import matplotlib as mpl
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from showergan.config import Figures
from showergan.files import write_aside

WIDTH_INCH = 10.0

# Of seaborn's sizes: the densest figure must still hold its text.
FONT_SCALE = {"paper": 1.0, "notebook": 0.9, "talk": 0.72}

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
        """The colour map of densities and energies; cells without a value stay clear."""
        return mpl.colormaps[self.look.colormap].with_extremes(bad=(0, 0, 0, 0))

    @contextmanager
    def theme(self) -> Iterator[None]:
        """Set matplotlib's parameters for as long as the context lasts."""
        with (
            mpl.rc_context(),
            sns.axes_style("ticks"),
            sns.plotting_context(self.look.context, font_scale=FONT_SCALE[self.look.context]),
        ):
            mpl.rcParams.update(
                {
                    "axes.spines.right": False,
                    "axes.spines.top": False,
                    "axes.titleweight": "normal",
                    "legend.frameon": False,
                    "pdf.fonttype": 42,  # text stays text in vector editors
                    "figure.dpi": self.look.dpi,
                    "savefig.dpi": self.look.dpi,
                }
            )
            yield

    def save(self, figure: Figure, png: str | Path, pdf: str | Path) -> None:
        """Write a figure as PNG and PDF; the same figure gives the same bytes."""
        undated = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
        with self.theme():  # matplotlib makes ticks, and reads their parameters, as late as here
            for _ in range(2):  # the layout settles in the second pass
                figure.draw_without_rendering()
            # Both files share one layout, which is most of the work.
            figure.set_layout_engine("none")
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
    return Figure(figsize=(WIDTH_INCH, height_inch), layout="compressed")


def legend_below(figure: Figure, handles: Sequence[Artist], labels: list[str]) -> None:
    """Put one legend under all panels, in as many columns as fit; the figure grows by its height."""
    if not labels:
        return
    size_inch = mpl.rcParams["legend.fontsize"] / 72
    widest_inch = (max(map(len, labels)) * 0.5 + 5) * size_inch
    columns = min(max(int(WIDTH_INCH / widest_inch), 1), len(labels))
    lines = -(-len(labels) // columns)
    figure.set_figheight(figure.get_figheight() + (1.6 * lines + 1) * size_inch)
    figure.legend(handles, labels, loc="outside lower center", ncols=columns)


def wrapped(label: str, width: int) -> str:
    """Break a label into lines of about `width` characters, never inside a word or around "="."""
    unbroken = label.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
    return textwrap.fill(unbroken, width, break_long_words=False, break_on_hyphens=False)


def framed(axes: Axes) -> None:
    """Close the frame of a picture, thinly."""
    axes.spines[:].set(visible=True, color="0.5", linewidth=0.6)
    axes.tick_params(width=0.6, length=3, color="0.5")
