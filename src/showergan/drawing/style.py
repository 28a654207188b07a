"""The look that all figures share: colours, fonts, sizes, and how they are written."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Self

from pydantic import Field

from showergan.config import Figures
from showergan.config.section import Section
from showergan.config.validation import read_json, validated
from showergan.files import write_aside
from showergan.heavy import mpl, sns
from showergan.tasks.found import DEFAULT

WIDTH_INCH = 10.0

# Of seaborn's sizes: the densest figure must still hold its text.
FONT_SCALE = {"paper": 1.0, "notebook": 0.9, "talk": 0.72}

Colour = tuple[float, float, float]


class Style(Section):
    """The look of all figures, and what figures and tables call things."""

    figures: Figures = Figures()
    labels: dict[str, str] = Field(
        description="name of each method for readers; the order gives the colours"
    )
    architectures: dict[str, str] = Field(
        {}, description="name of each architecture for readers, where there are several"
    )
    offsets: dict[str, float] = Field(
        {}, description="up to which a penalty leaves a multiplier free, by method"
    )
    settings: dict[str, dict[str, Any]] = Field(
        {},
        description="all that a published value may have in common with ours, by method, see `Config.setting`",
    )
    run: str = Field("", description="name of the run")
    task: str = Field(DEFAULT, description="what the samples are")

    @classmethod
    def read(cls, look: str) -> Self:
        """Return the style that JSON text, or a JSON file, describes.

        Raises:
            UserError: neither can be read, or it is not that of a style.
        """
        return validated(cls, read_json("--look", look), "look")

    def colour(self, method: str) -> Colour:
        """Return the colour of a method: the same in every figure, however many methods a figure shows."""
        position = list(self.labels).index(method)
        return sns.color_palette(self.figures.palette, len(self.labels))[position]

    @property
    def colormap(self) -> mpl.colors.Colormap:
        """The colour map of densities and energies; cells without a value stay clear."""
        return mpl.colormaps[self.figures.colormap].with_extremes(bad=(0, 0, 0, 0))

    @contextmanager
    def theme(self) -> Iterator[None]:
        """Set matplotlib's parameters for as long as the context lasts."""
        with (
            mpl.rc_context(),
            sns.axes_style("ticks"),
            sns.plotting_context(self.figures.context, font_scale=FONT_SCALE[self.figures.context]),
        ):
            mpl.rcParams.update(
                {
                    "axes.spines.right": False,
                    "axes.spines.top": False,
                    "axes.titleweight": "normal",
                    "legend.frameon": False,
                    "pdf.fonttype": 42,  # text stays text in vector editors
                    "figure.dpi": self.figures.dpi,
                    "savefig.dpi": self.figures.dpi,
                }
            )
            yield

    def save(self, figure: mpl.figure.Figure, png: Path, pdf: Path) -> None:
        """Write a figure as PNG and PDF; the same figure gives the same bytes."""
        undated = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
        with self.theme():  # matplotlib makes ticks, and reads their parameters, as late as here
            for _ in range(2):  # the layout settles in the second pass
                figure.draw_without_rendering()
            # Both files share one layout, which is most of the work.
            figure.set_layout_engine("none")
            for path in (png, pdf):
                kind = path.suffix[1:]
                with write_aside(path) as aside:
                    figure.savefig(aside, format=kind, metadata=undated[kind])


def themed(draw: Callable[..., mpl.figure.Figure]) -> Callable[..., mpl.figure.Figure]:
    """Make a function draw within the theme of its style, its first argument."""

    @wraps(draw)
    def within_theme(style: Style, *inputs: Any) -> mpl.figure.Figure:
        with style.theme():
            return draw(style, *inputs)

    return within_theme


def new_figure(height_inch: float) -> mpl.figure.Figure:
    """Return an empty figure of the common width; pyplot, which would keep it alive, is not involved."""
    return mpl.figure.Figure(figsize=(WIDTH_INCH, height_inch), layout="compressed")


def legend_below(
    figure: mpl.figure.Figure, handles: Sequence[mpl.artist.Artist], labels: list[str]
) -> None:
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


def framed(axes: mpl.axes.Axes) -> None:
    """Close the frame of a picture, thinly."""
    axes.spines[:].set(visible=True, color="0.5", linewidth=0.6)
    axes.tick_params(width=0.6, length=3, color="0.5")
