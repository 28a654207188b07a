"""Outcomes of methods on architectures, and the number of random ones on which only one of two methods succeeds."""

import pandas as pd

from showergan.report.style import Style
from showergan.report.table_files import Table
from showergan.report.tables.verdicts import p_value
from showergan.report.texts import records

HEADS = {"ours": "score at least, of the ceiling", "published": "Inception score at least"}


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
    score = next(iter(outcomes["score"]), "none")
    return Table(outcomes, {f"PRD-AUC ({score}) over its ceiling": shown})


def successes(style: Style, successes: pd.DataFrame) -> Table:
    """Write a part per two methods, and the published one; a row per threshold."""
    parts = {}
    groups = successes.groupby(["source", "method", "other"], sort=False)
    for (source, method, other), part in groups:
        one, two = (style.labels.get(str(name), str(name)) for name in (method, other))
        head = "Gulrajani et al. 2017, table 2: " * (source == "published")
        title = f"{head}{one} and {two} on {part['n'].iloc[0]} architectures"
        rows = [
            {
                HEADS[str(source)]: f"{row['threshold']:g}",
                f"only {one}": str(row["only_method"]),
                f"only {two}": str(row["only_other"]),
                "both": str(row["both"]),
                "neither": str(row["neither"]),
                "p (McNemar)": p_value(row["p_value"]),
            }
            for row in records(part)
        ]
        parts[title] = pd.DataFrame(rows, dtype=str)
    return Table(successes, parts)
