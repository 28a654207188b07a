"""All methods in all scores, our values beside the published ones."""

from __future__ import annotations

from showergan.drawing.published import KEY, published_table
from showergan.drawing.registry import register_table
from showergan.drawing.scores import shown
from showergan.drawing.style import Style
from showergan.drawing.table_files import Table
from showergan.heavy import pd

SCORES = ["E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"]


@register_table(caption="published")
def all_methods(style: Style, summary: pd.DataFrame, published: pd.DataFrame) -> Table:
    """Write a part per score, a row per method with the published value beside ours."""
    # A method may stand in several published tables.
    latest = published.drop_duplicates(KEY, keep="last")
    return published_table(style, summary, latest, style.labels, shown(SCORES, summary["score"]))
