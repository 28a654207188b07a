"""The style of the figures, and the names in figures and tables."""

from typing import Any, Literal

from pydantic import Field

from showergan.config.section import Section

# A copy of the names in the drawing libraries, which take too long to import before every job.
Palette = Literal[
    "petroff10", "petroff8", "petroff6", "colorblind", "deep", "muted", "bright", "dark", "tab10"
]
Colormap = Literal["viridis", "cividis", "plasma", "inferno", "magma", "rocket", "mako"]


class Figures(Section):
    """The style of the figures; nothing here re-runs anything but figures."""

    dpi: int = Field(160, ge=50, le=600)
    palette: Palette = Field(
        "petroff10",
        description="colours of the methods, one after the other; petroff: told apart by the colour-blind",
    )
    colormap: Colormap = Field("viridis", description="colour map of energy deposits")
    context: Literal["paper", "notebook", "talk"] = "notebook"


class StyleKeys(Section):
    """The part of the configuration that figures and tables show, see `Exhibit.style_of`."""

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
    task: str = Field("showers", description="what the samples are")
