"""Verdict on each method, score by score, and its score at the worst learning rates over that at the best."""

from typing import Any

import pandas as pd

from showergan.report.runs import COMPARED, SCORES, shown
from showergan.report.style import Style
from showergan.report.table_files import Table
from showergan.report.texts import formatted, labelled, pair, records


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


def robustness(style: Style, robustness: pd.DataFrame) -> Table:
    """Write the score at the best and the worst learning rates and their ratio, in the order of the labels."""
    rows = [
        {
            "method": label,
            "pairs of learning rates": str(row["n_rates"]),
            "best at": pair(row["best_rates"]),
            "best": formatted(row["best"], ".3f"),
            "worst at": pair(row["worst_rates"]),
            "worst": formatted(row["worst"], ".3f"),
            "worst over best": formatted(row["robustness"], ".3f"),
            "remark": formatted(row["remark"], ""),
        }
        for method, label in style.labels.items()
        for row in records(robustness[robustness["method"] == method])
    ]
    score = robustness["score"].iloc[0] if len(robustness) else "score"
    return Table(robustness, {f"{score} on test, mean over seeds": pd.DataFrame(rows, dtype=str)})


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """Return a row of the table of verdicts."""
    seeds, verdict = f"{row['same_direction']} of {row['n_pairs']}", row["verdict"]
    if row["n_unpaired"]:
        seeds += f" ({row['n_unpaired']} unpaired)"
    if verdict == "too few seeds":
        verdict += f": {row['n_pairs']} of {row['n_needed']}"
    if row["within_noise"]:
        verdict += "; within noise"
    difference = formatted(row["mean_difference"], "+.3f")
    if low := formatted(row["low"], "+.3f"):
        difference += f" [{low}, {row['high']:+.3f}]"
    return {
        "learning rates": pair(row["learning_rates"]),
        "method": row["label"],
        "difference [95 percent]": difference,
        "noise": formatted(row["noise_floor"], ".3f"),
        "seeds in its direction": seeds,
        "r": formatted(row["seed_correlation"], "+.2f"),
        "p (Holm)": "below 0.001" if row["p_holm"] < 0.001 else formatted(row["p_holm"], ".3f"),
        "verdict": verdict,
    }
