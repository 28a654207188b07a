"""The layers of the generator."""

from __future__ import annotations

from showergan.drawing.architecture import architecture
from showergan.drawing.registry import NETWORKS, register_figure
from showergan.drawing.style import Style
from showergan.heavy import mpl, pd


@register_figure("Generator", NETWORKS)
def generator_architecture(style: Style, architectures: pd.DataFrame) -> mpl.figure.Figure:
    """Draw the generator: a box per layer with weights, its shapes and its parameters."""
    return architecture(architectures, "generator")
