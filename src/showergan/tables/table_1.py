"""Table 1 of Egorov & Rogachev 2023, our values beside the published ones: bounds on the discriminator."""

from __future__ import annotations

from showergan.drawing.published import published_table
from showergan.drawing.registry import register_table
from showergan.drawing.style import Style
from showergan.drawing.table_files import Table
from showergan.drawing.worth import of_standard_discriminator
from showergan.heavy import pd

METHODS = ["none", "clipping", "sn"]
SCORES = ["bins-E", "bins-P"]


@register_table(worth=of_standard_discriminator, caption="published")
def table_1(style: Style, summary: pd.DataFrame, published: pd.DataFrame) -> Table:
    """Write a part per score, a row per method with the published value beside ours."""
    return published_table(style, summary, published[published["table"] == 1], METHODS, SCORES)
