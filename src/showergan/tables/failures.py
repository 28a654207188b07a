"""What went wrong in each run, as a table."""

from __future__ import annotations

from showergan.drawing.numbers import compact
from showergan.drawing.registry import register_table
from showergan.drawing.style import Style
from showergan.drawing.table_files import Table
from showergan.heavy import pd

JUDGED = "What went wrong, at the epoch chosen on select"
JUDGED_BY = ["epoch", "energy ratio", "diversity", "duplicates", "failed epochs", "failure"]
COUNTED = "Mishaps among n samples"

# Shown under these names, in this order.
COUNTS = {
    "n_empty_image": "empty images",
    "n_not_finite": "not finite",
    "n_clipped_cells": "clipped cells",
}
RATIOS = {"energy_ratio": "energy ratio", "diversity": "diversity", "duplicates": "duplicates"}
MISSED = ["n_missed_longitudinal_line", "n_missed_transverse_line"]
# Only where there are any: they come of the conditions, not of the showers.
RARE = {
    "n_zero_transverse_momentum": "no transverse momentum",
    "n_infinite_arc_factor": "infinite arc factor",
}


@register_table()
def failures(style: Style, failures: pd.DataFrame) -> Table:
    """Write what went wrong in two parts: real samples first, then runs in the order of the labels."""
    labels = style.labels
    real = failures[failures["method"] == "real"]
    real = real[real["architecture"].isna()]
    runs = failures[failures["architecture"].notna() & failures["method"].isin(labels)]
    place = {method: i for i, method in enumerate(labels)}
    runs = runs.sort_values("method", key=lambda names: names.map(place), kind="stable")
    rows = [_texts(row, f"real {style.task}", failures) for _, row in real.iterrows()]
    rows += [_texts(row, _label(row, runs, labels), failures) for _, row in runs.iterrows()]
    table = pd.DataFrame(rows, dtype=str)
    keys = ["method", "seed"]
    judged = [name for name in JUDGED_BY if name in table]
    parts = {JUDGED: table[[*keys, *judged]], COUNTED: table.drop(columns=judged)}
    return Table(failures, parts)


def _label(row: pd.Series, runs: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return the label of a run, with the architecture and the learning rates where there are several."""
    parts = [labels[row["method"]]]
    if len(runs["architecture"].unique()) > 1:
        parts.append(str(row["architecture"]))
    rates = runs.loc[runs["method"] == row["method"], "learning_rates"]
    if len(rates.unique()) > 1:
        parts.append("({})".format(str(row["learning_rates"]).replace("_", ", ")))
    return " ".join(parts)


def _texts(row: pd.Series, label: str, failures: pd.DataFrame) -> dict[str, str]:
    # Not every task has every mishap.
    counts = {name: _count(row[column]) for column, name in COUNTS.items() if column in row}
    missed = [column for column in MISSED if column in row]
    if missed:
        counts["undefined statistics"] = _count(row[missed].sum())
    rare = {
        name: _count(row[c]) for c, name in RARE.items() if c in row and (failures[c] > 0).any()
    }
    return {
        "method": label,
        "seed": _count(row["seed"]),
        "epoch": _count(row["epoch"]),
        "n": _count(row["n"]),
        **counts,
        **rare,
        **{name: _number(row[column]) for column, name in RATIOS.items() if column in row},
        "failed epochs": _count(row["n_failed_epochs"]),
        "failure": str(row["failure"]),
    }


def _count(value: float | str) -> str:
    """Return a whole number; in a table with gaps it has become a fraction."""
    return "" if pd.isna(value) else f"{float(value):.0f}"


def _number(value: float) -> str:
    return "" if pd.isna(value) else compact(value)
