"""Verdict on each claim, and what stands beside it: few seeds at their best epoch, and the order of the methods."""

import pandas as pd

from showergan.report.runs import SCORES, compared_scores
from showergan.report.style import Style
from showergan.report.table_files import Table
from showergan.report.tables.verdicts import p_value
from showergan.report.texts import formatted, labelled, pair, records, with_interval


def claims(style: Style, claims: pd.DataFrame) -> Table:
    """Write a part per claim, a row per score and choice of learning rates."""
    rows = compared_scores(labelled(claims, style.labels))
    parts = {}
    for says, part in rows.groupby("says", sort=False):
        first = part.iloc[0]
        names = [style.labels.get(first[key], first[key]) for key in ("method", "baseline")]
        parts[f"{says}: {names[0]} minus {names[1]}"] = pd.DataFrame(
            [
                {
                    "score": SCORES.get(row["score"], row["score"]),
                    "architecture": row["architecture"],
                    "learning rates": pair(row["learning_rates"]),
                    "seeds": f"{row['n_method']}, {row['n_baseline']}",
                    "difference [95 percent]": with_interval(
                        row["mean_difference"], row["low"], row["high"], "+.3f"
                    ),
                    "p (Holm)": p_value(row["p_holm"]),
                    "margin": formatted(row["margin"], ".3g"),
                    "p of equivalence (Holm)": p_value(row["p_equivalence_holm"]),
                    "verdict": row["verdict"],
                }
                for row in records(part)
            ],
            dtype=str,
        )
    return Table(claims, parts or {"There is no claim": pd.DataFrame(columns=["verdict"])})


def protocol(style: Style, protocol: pd.DataFrame) -> Table:
    """Write a part per score, a row per claim and pair of learning rates."""
    rows = compared_scores(labelled(protocol, style.labels))
    parts = {
        SCORES.get(str(score), str(score)): pd.DataFrame(
            [
                {
                    "claim": row["claim"],
                    "architecture": row["architecture"],
                    "learning rates": pair(row["learning_rates"]),
                    "seeds": f"{row['n_method']}, {row['n_than']}",
                    "says so in": formatted(row["says_better"], ".0%").replace("%", " percent"),
                    "verdict": row["verdict"],
                }
                for row in records(part)
            ],
            dtype=str,
        )
        for score, part in rows.groupby("score", sort=False)
    }
    return Table(protocol, parts or {"There are too few seeds": pd.DataFrame(columns=["verdict"])})


def order_of_methods(style: Style, order: pd.DataFrame) -> Table:
    """Write a row per score and two architectures."""
    texts = [
        {
            "score": SCORES.get(row["score"], row["score"]),
            "architectures": " and ".join(
                style.architectures.get(row[key], row[key]) for key in ("architecture", "other")
            ),
            "methods": str(row["n_methods"]),
            "Kendall's tau [95 percent]": with_interval(
                row["tau"], row["low"], row["high"], "+.2f"
            ),
        }
        for row in records(compared_scores(order))
    ]
    return Table(order, {"Order of the methods": pd.DataFrame(texts, dtype=str)})
