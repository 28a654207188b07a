"""Style that all figures share: colours, fonts, sizes; and the writing of figures."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Self

from matplotlib import color_sequences, colormaps, rcParams
from matplotlib.colors import Colormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.style import context
from pydantic import Field

from showergan.config.figures import Figures
from showergan.config.section import Section
from showergan.config.tasks.found import DEFAULT
from showergan.config.validation import read_json, validated
from showergan.io.files import atomic_write

# Seaborn's `axes_style("ticks")` and `plotting_context`, where they differ from matplotlib: its import would take half
# the time of most figures, and is left to those that need more of it.
INK = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
SHAPES: dict[Any, Any] = {
    **dict.fromkeys(INK, "0.15"),
    "axes.axisbelow": True,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "white",
    "patch.force_edgecolor": True,
}
# Points; a context makes all of them larger or smaller, and fonts besides: the densest figure must still hold its text.
SIZES: dict[Any, float] = {
    "axes.linewidth": 1.25,
    "lines.linewidth": 1.5,
    "lines.markersize": 6.0,
    "patch.linewidth": 1.0,
    **dict.fromkeys(("xtick.major.width", "ytick.major.width"), 1.25),
    **dict.fromkeys(("xtick.minor.width", "ytick.minor.width"), 1.0),
    **dict.fromkeys(("xtick.major.size", "ytick.major.size"), 6.0),
    **dict.fromkeys(("xtick.minor.size", "ytick.minor.size"), 4.0),
}
FONTS: dict[Any, float] = {
    **dict.fromkeys(("font.size", "axes.labelsize", "axes.titlesize"), 12.0),
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), 11.0),
    "legend.title_fontsize": 12.0,
}
SCALE = {"paper": 0.8, "notebook": 1.0, "talk": 1.5}
FONT_SCALE = {"paper": 1.0, "notebook": 0.9, "talk": 0.72}

Colour = tuple[float, float, float]
Dashes = str | tuple[float, tuple[float, ...]]  # as matplotlib takes them

GREYISH = 0.1  # least range of a colour's red, green and blue: greys are for what methods are compared with
# Of nine markers and four kinds of dashes, which have no common divisor, 36 methods in a row have no two alike.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
DASHES: tuple[Dashes, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


class Line(NamedTuple):
    """The line of a method, unlike all others: by its colour, and without colours by marker and dashes together."""

    colour: Colour
    marker: str
    dashes: Dashes


def line(palette: str, place: int, variant: int = 0) -> Line:
    """Return the line of the method at a place among all, from 0, which depends on no method after it.

    Variants of a method, such as its further learning rates, have other dashes.
    """
    colours = [c for c in map(to_rgb, _palette(palette)) if max(c) - min(c) > GREYISH]
    further, place_of_36 = divmod(place, len(MARKERS) * len(DASHES))
    number = (place_of_36 + variant) % len(DASHES)
    dashes = DASHES[number]
    if further:  # a dash, and ever more dots
        dashes = (0, (6, 2, *(1, 2) * (further * len(DASHES) + number)))
    # In a further round of colours each goes with other dashes.
    colour = colours[(place + place // len(colours)) % len(colours)]
    return Line(colour, MARKERS[place % len(MARKERS)], dashes)


def _palette(name: str) -> Iterable[Any]:
    """Return the colours of a palette of matplotlib, or else of seaborn."""
    if name in color_sequences:
        return color_sequences[name]
    from seaborn import color_palette

    return color_palette(name)


class Style(Section):
    """The style of all figures, and the names in figures and tables, see `Exhibit.style_of`."""

    figures: Figures = Figures()
    labels: dict[str, str] = Field(
        {}, description="name of each method for readers; the order gives colours, markers, dashes"
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
    def read(cls, style: str) -> Self:
        """Return the style that JSON text, or a JSON file, describes.

        Raises:
            UserError: neither can be read, or it is not that of a style.
        """
        return validated(cls, read_json("--style", style), "style")

    def line(self, method: str, variant: int = 0) -> Line:
        """Return the line of a method: the same in every figure, however many methods a figure shows."""
        return line(self.figures.palette, list(self.labels).index(method), variant)

    @property
    def colormap(self) -> Colormap:
        """The colour map of densities and energies; cells without a value stay clear."""
        if self.figures.colormap not in colormaps:
            import_module("seaborn")  # which registers its own
        return colormaps[self.figures.colormap].with_extremes(bad=(0, 0, 0, 0))

    def with_plain_names(self) -> Self:
        """Return the style in which matplotlib takes no name for a formula, whatever signs it has."""
        names = {
            key: {name: label.replace("$", r"\$") for name, label in getattr(self, key).items()}
            for key in ("labels", "architectures")
        }
        return self.model_copy(update=names)

    @contextmanager
    def theme(self) -> Iterator[None]:
        """Set matplotlib's parameters for as long as the context lasts, whatever a user or a machine has set."""
        scale = SCALE[self.figures.context]
        font_scale = scale * FONT_SCALE[self.figures.context]
        with context("default"):
            rcParams.update(
                {
                    **SHAPES,
                    **{name: scale * size for name, size in SIZES.items()},
                    **{name: font_scale * size for name, size in FONTS.items()},
                    "axes.formatter.useoffset": False,  # ticks are values, not differences to 1
                    "axes.spines.right": False,
                    "axes.spines.top": False,
                    "axes.titleweight": "normal",
                    "figure.labelsize": "medium",
                    "font.sans-serif": ["DejaVu Sans"],  # it comes with matplotlib
                    "figure.titlesize": "medium",
                    "grid.color": "0.9",
                    "grid.linewidth": 0.8,
                    "legend.frameon": False,
                    "legend.handlelength": 3.2,  # else dashes do not show
                    "pdf.fonttype": 42,  # text stays text in vector editors
                    "figure.dpi": self.figures.dpi,
                    "savefig.dpi": self.figures.dpi,
                }
            )
            yield

    def save(self, figure: Figure, png: Path, pdf: Path) -> None:
        """Write a figure as PNG and PDF; the same figure gives the same bytes."""
        undated: dict[str, Any] = {"png": {"Software": None}, "pdf": {"CreationDate": None}}
        with self.theme():  # matplotlib makes ticks, and reads their parameters, as late as here
            for _ in range(2):  # the layout settles in the second pass
                figure.draw_without_rendering()
            # Both files share one layout, which is most of the work.
            figure.set_layout_engine("none")
            for path, (kind, metadata) in zip((png, pdf), undated.items(), strict=True):
                with atomic_write(path) as temporary:
                    figure.savefig(temporary, format=kind, metadata=metadata)
