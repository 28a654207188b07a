"""Failures of each run."""

import pandas as pd

from showergan.report.style import Style
from showergan.report.table_files import Table
from showergan.report.texts import compact, formatted, labelled, pair

JUDGED = "What went wrong, at the epoch chosen on select"
JUDGED_BY = ["epoch", "energy ratio", "diversity", "duplicates", "failed epochs", "failure"]
COUNTED = "Counts of invalid samples and values among n samples"

MISSED = ["n_missed_longitudinal_line", "n_missed_transverse_line"]
# Shown under these names, in this order; not every task has all.
COUNTS = {
    **{"seed": "seed", "epoch": "epoch", "n": "n"},
    "n_empty_image": "empty images",
    "n_not_finite": "not finite",
    "n_clipped_cells": "clipped cells",
    "n_missed": "undefined statistics",
}
# Only where there are any. The first come of the conditions, not of the showers.
RARE = {
    "n_zero_transverse_momentum": "no transverse momentum",
    "n_infinite_arc_factor": "infinite arc factor",
    "diverged_at_step": "diverged at step",
}
RATIOS = {"energy_ratio": "energy ratio", "diversity": "diversity", "duplicates": "duplicates"}


def failures(style: Style, failures: pd.DataFrame) -> Table:
    """Write what went wrong in two parts: real samples first, then runs in the order of the labels."""
    of_run = failures["architecture"].notna()
    real = failures[(failures["method"] == "real") & ~of_run]
    runs = labelled(failures[of_run], style.labels)
    # The learning rates stand in a label where a method has several.
    several = runs.groupby("method")["learning_rates"].transform("nunique") > 1
    rates = (" (" + runs["learning_rates"].map(pair) + ")").where(several, "")
    label = {"label": runs["label"] + rates}
    rows = pd.concat([real.assign(label=f"real {style.task}"), runs.assign(**label)])
    if missed := [column for column in MISSED if column in rows]:
        rows["n_missed"] = rows[missed].sum(axis=1)
    rare = {c: name for c, name in RARE.items() if c in rows and (failures[c] > 0).any()}
    shown = {
        "method": rows["label"],
        **{name: rows[c].map(_count) for c, name in (COUNTS | rare).items() if c in rows},
        **{
            name: ["" if pd.isna(value) else compact(value) for value in rows[c]]
            for c, name in RATIOS.items()
            if c in rows
        },
        "failed epochs": rows["n_failed_epochs"].map(_count),
        "failure": rows["failure"],
    }
    table = pd.DataFrame(shown).astype(str)
    judged = [name for name in JUDGED_BY if name in table]
    parts = {JUDGED: table[["method", "seed", *judged]], COUNTED: table.drop(columns=judged)}
    return Table(failures, parts)


def _count(value: float | str) -> str:
    """Return a whole number; in a table with gaps it has become a fraction."""
    return formatted(float(value), ".0f")
