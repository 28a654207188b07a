"""The verdict on each method, score by score."""

from __future__ import annotations

from typing import Any

import pandas as pd

from showergan.report.applicable import with_baseline
from showergan.report.labels import labelled, pair, records
from showergan.report.numbers import told
from showergan.report.registry import register_table
from showergan.report.scores import COMPARED, SCORES, shown
from showergan.report.style import Style
from showergan.report.table_files import Table


@register_table("Verdicts", applicable=with_baseline)
def verdicts(style: Style, verdicts: pd.DataFrame) -> Table:
    """Write a part per score, a row per choice of learning rates and method."""
    rows = labelled(verdicts, style.labels)
    parts = {}
    for score in shown(COMPARED, rows["score"]) if len(rows) else []:
        part = rows[rows["score"] == score]
        texts = [
            _texts(row)
            for rates in dict.fromkeys(part["learning_rates"])
            for row in records(part[part["learning_rates"] == rates])
        ]
        name = style.labels.get(part["baseline"].iloc[0], part["baseline"].iloc[0])
        parts[f"{SCORES.get(score, score)}, minus that of {name}"] = pd.DataFrame(texts, dtype=str)
    nothing = {"There is nothing to compare": pd.DataFrame(columns=["method", "verdict"])}
    return Table(verdicts, parts or nothing)


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """Return the row of the table."""
    seeds, verdict = f"{row['same_direction']} of {row['n_pairs']}", row["verdict"]
    if row["n_unpaired"]:
        seeds += f" ({row['n_unpaired']} unpaired)"
    if verdict == "too few seeds":
        verdict += f": {row['n_pairs']} of {row['n_needed']}"
    if row["within_noise"]:
        verdict += "; within noise"
    difference = told(row["mean_difference"], "+.3f")
    if interval := told(row["low"], "+.3f"):
        difference += f" [{interval}, {row['high']:+.3f}]"
    return {
        "learning rates": pair(row["learning_rates"]),
        "method": row["label"],
        "difference [95 percent]": difference,
        "noise": told(row["noise_floor"], ".3f"),
        "seeds in its direction": seeds,
        "r": told(row["seed_correlation"], "+.2f"),
        "p (Holm)": "below 0.001" if row["p_holm"] < 0.001 else told(row["p_holm"], ".3f"),
        "verdict": verdict,
    }
