"""Verdict on each method, score by score, and how much its score depends on the learning rates."""

from typing import Any

import pandas as pd

from showergan.report.runs import SCORES, compared_scores
from showergan.report.style import Style
from showergan.report.table_files import Table
from showergan.report.texts import formatted, labelled, pair, records, share, with_interval


def verdicts(style: Style, verdicts: pd.DataFrame) -> Table:
    """Write a part per score, a row per choice of learning rates and method."""
    rows = compared_scores(labelled(verdicts, style.labels))
    parts = {}
    for score, part in rows.groupby("score", sort=False):
        texts = [
            _texts(row)
            for rates in dict.fromkeys(part["learning_rates"])
            for row in records(part[part["learning_rates"] == rates])
        ]
        name = style.labels.get(part["baseline"].iloc[0], part["baseline"].iloc[0])
        parts[f"{SCORES.get(str(score), score)}, minus that of {name}"] = pd.DataFrame(
            texts, dtype=str
        )
    nothing = {"There is nothing to compare": pd.DataFrame(columns=["method", "verdict"])}
    return Table(verdicts, parts or nothing)


def robustness(style: Style, robustness: pd.DataFrame) -> Table:
    """Write a part per score: the best and the worst learning rates, and the area, in the order of the labels."""
    parts = {
        f"{SCORES.get(str(score), score)}, on test, mean over seeds": pd.DataFrame(
            [_dependence(row) for row in records(part)], dtype=str
        )
        for score, part in compared_scores(labelled(robustness, style.labels)).groupby(
            "score", sort=False
        )
    }
    return Table(robustness, parts)


def _dependence(row: dict[str, Any]) -> dict[str, str]:
    """Return a row of the table of robustness."""
    failed = share(*(row[name] for name in ("n_failed", "n_runs", "failed_low", "failed_high")))
    width = formatted(row["width"], ".2f")
    return {
        "method": row["label"],
        "pairs of learning rates": str(row["n_rates"]),
        "seeds": str(row["n_seeds"]),
        "best (at)": _at(row["best"], row["best_rates"]),
        "worst (at)": _at(row["worst"], row["worst_rates"]),
        "area [95 percent]": with_interval(row["area"], row["low"], row["high"]),
        "decades within 95 percent of best": f"{width} of {row['decades']:.2f}" if width else "",
        "failed runs [95 percent]": failed,
        "remark": formatted(row["remark"], ""),
    }


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """Return a row of the table of verdicts."""
    verdict = row["verdict"]
    if verdict == "too few seeds":
        verdict += f": {row['n_needed']} needed"
    if row["within_noise"]:
        verdict += "; within noise"
    failed = (row[name] for name in ("n_failed", "n_runs", "failed_low", "failed_high"))
    return {
        "learning rates": pair(row["learning_rates"]),
        "method": row["label"],
        "seeds": f"{row['n_method']}, {row['n_baseline']}",
        "difference [95 percent]": with_interval(
            row["mean_difference"], row["low"], row["high"], "+.3f"
        ),
        "p (Holm)": p_value(row["p_holm"]),
        "p of equivalence (Holm)": p_value(row["p_equivalence_holm"]),
        "failed [95 percent]": share(*failed),
        "without failed": formatted(row["difference_not_failed"], "+.3f"),
        "verdict": verdict,
    }


def _at(score: float, rates: str) -> str:
    return "" if pd.isna(score) else f"{score:.3f} ({pair(rates)})"


def p_value(value: float) -> str:
    """Return a p-value as text; nothing where there is none."""
    return "below 0.001" if value < 0.001 else formatted(value, ".3f")
