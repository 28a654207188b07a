"""On how many random architectures one method of two succeeds alone, ours beside the published counts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from showergan.report.applicable import with_random_architectures
from showergan.report.labels import records
from showergan.report.registry import register_table
from showergan.report.style import Style
from showergan.report.table_files import Table

HEADS = {
    "ours": "score at least, of the ceiling",
    "published": "Inception score at least",
}


@register_table("Architectures on which one of two succeeds", applicable=with_random_architectures)
def successes(style: Style, successes: pd.DataFrame) -> Table:
    """Write a part per two methods, and the published one; a row per threshold."""
    parts = {}
    for (source, method, other), part in successes.groupby(
        ["source", "method", "other"], sort=False
    ):
        one, two = (style.labels.get(str(name), str(name)) for name in (method, other))
        head = "Gulrajani et al. 2017, table 2: " * (source == "published")
        title = f"{head}{one} and {two} on {part['n'].iloc[0]} architectures"
        rows = [_texts(row, HEADS[str(source)], one, two) for row in records(part)]
        parts[title] = pd.DataFrame(rows, dtype=str)
    return Table(successes, parts)


def _texts(row: dict[str, Any], head: str, one: str, two: str) -> dict[str, str]:
    p_value = row["p_value"]
    return {
        head: f"{row['threshold']:g}",
        f"only {one}": str(row["only_method"]),
        f"only {two}": str(row["only_other"]),
        "both": str(row["both"]),
        "neither": str(row["neither"]),
        "p (McNemar)": f"{p_value:.3f}" if p_value >= 0.001 else "below 0.001",
    }
