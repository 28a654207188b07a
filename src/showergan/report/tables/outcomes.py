"""What each method makes of each architecture."""

from __future__ import annotations

import pandas as pd

from showergan.report.applicable import with_several_architectures
from showergan.report.labels import records
from showergan.report.registry import register_table
from showergan.report.style import Style
from showergan.report.table_files import Table


@register_table("Architectures under each method", applicable=with_several_architectures)
def outcomes(style: Style, outcomes: pd.DataFrame) -> Table:
    """Write fractions of the ceiling, and what went wrong: a row per architecture, a column per method."""
    cells = outcomes.assign(
        cell=[
            f"{row['fraction']:.2f}" + f" ({row['failure']})" * (row["failure"] != "none")
            for row in records(outcomes)
        ]
    ).pivot(index="architecture", columns="method", values="cell")
    names = [name for name in style.architectures if name in cells.index]
    methods = [method for method in style.labels if method in cells]
    shown = cells.loc[names, methods].rename(columns=style.labels).fillna("")
    shown.insert(0, "architecture", [style.architectures[name] for name in names])
    score = outcomes["score"].iloc[0]
    return Table(outcomes, {f"PRD-AUC ({score}) over its ceiling": shown})
