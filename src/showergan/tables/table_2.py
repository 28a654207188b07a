"""Table 2 of Egorov & Rogachev 2023, our values beside the published ones: what is built on SN."""

from __future__ import annotations

from showergan.drawing.published import published_table
from showergan.drawing.registry import register_table
from showergan.drawing.style import Style
from showergan.drawing.table_files import Table
from showergan.drawing.worth import of_standard_discriminator
from showergan.heavy import pd

METHODS = [
    *("sn", "sn_constant", "sn_coef", "sn_coef_l1_offset", "sn_coef_l2_offset"),
    *("sn_coef_l2_low_offset", "sn_coefs_l2_offset", "abcas"),
]
SCORES = ["bins-E", "bins-P"]


@register_table(worth=of_standard_discriminator, caption="published")
def table_2(style: Style, summary: pd.DataFrame, published: pd.DataFrame) -> Table:
    """Write a part per score, a row per method with the published value beside ours."""
    return published_table(style, summary, published[published["table"] == 2], METHODS, SCORES)
