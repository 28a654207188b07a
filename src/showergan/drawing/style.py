"""The look that all figures share: colours, fonts, sizes, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

    def with_plain_names(self) -> Self:
        """Return the style in which matplotlib takes no name for a formula, whatever signs it has."""
        names = {
            key: {name: label.replace("$", r"\$") for name, label in getattr(self, key).items()}
            for key in ("labels", "architectures")
        }
        return self.model_copy(update=names)

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
                    "figure.labelsize": "medium",
                    "figure.titlesize": "medium",
                    "grid.color": "0.9",
                    "grid.linewidth": 0.8,
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
    """Make a function draw within the theme of its style, its first argument, in which names are no formulas."""

    @wraps(draw)
    def within_theme(style: Style, *inputs: Any) -> mpl.figure.Figure:
        with style.theme():
            return draw(style.with_plain_names(), *inputs)

    return within_theme
