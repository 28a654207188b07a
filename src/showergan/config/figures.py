"""The style of the figures."""

from typing import Literal

from pydantic import Field

from showergan.config.section import Section

# A copy of the names in the drawing libraries, which take too long to import before every job.
Palette = Literal[
    "petroff10", "petroff8", "petroff6", "colorblind", "deep", "muted", "bright", "dark", "tab10"
]
Colormap = Literal["viridis", "cividis", "plasma", "inferno", "magma", "rocket", "mako"]


class Figures(Section):
    """The style of the figures; nothing here re-runs anything but figures."""

    dpi: int = Field(160, ge=50, le=600, description="dots per inch of PNG files")
    palette: Palette = Field(
        "petroff10",
        description="colours of the methods, one after the other; petroff: told apart by the colour-blind",
    )
    colormap: Colormap = Field("viridis", description="colour map of energy deposits")
    context: Literal["paper", "notebook", "talk"] = Field(
        "notebook", description="size of lines and letters"
    )
