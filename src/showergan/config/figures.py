"""The look of the figures."""

from typing import Literal

from pydantic import Field

from showergan.config.section import Section


class Figures(Section):
    """The look of the figures; nothing here re-runs anything but figures."""

    dpi: int = Field(160, ge=50, le=600)
    palette: str = Field("colorblind", description="seaborn palette of the methods")
    colormap: str = Field("viridis", description="colour map of energy deposits")
    context: Literal["paper", "notebook", "talk"] = "notebook"
