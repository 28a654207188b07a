"""Scores of all methods in all metrics, as a table."""

from typing import Any

import pandas as pd

from showergan.comparison.scorecard import position
from showergan.metrics.features import UNSCALED
from showergan.metrics.metric import ANCHORS, KEY, Part, Registry
from showergan.report.runs import REFERENCES
from showergan.report.style import Style
from showergan.report.table_files import Parts, Table
from showergan.report.texts import plus_minus, records
from showergan.tasks.found import named

HEADS = {
    Part.DISTRIBUTIONS: "Distributions: precision and recall, density and coverage",
    Part.DISTANCES: "Real or generated? What a classifier sees, and distances",
    Part.QUANTITIES: "Quantities of the samples, and conditions read back from them",
}
OF_UNSCALED = "What generators made, before it was scaled to the energy of real samples"
GROUP = ["architecture", "method", "learning_rates"]


def scorecard(style: Style, scorecard: pd.DataFrame) -> Table:
    """Write a part per idea, in it a row per method and reference, "mean ± sd" over seeds per metric."""
    registry = named(style.task, "The style").metrics
    numbers = means_over_seeds(scorecard, registry)
    return Table(numbers, _parts(numbers, style.labels, registry))


def means_over_seeds(card: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Return mean and sd (n - 1) over seeds of every metric, per method at its chosen learning rates.

    Returns:
        One row per architecture, method and metric, then the references that were measured (`reference` is true, the
        method one of `REFERENCES`): metric, space, bin and title; mean and sd, NaN where a run that diverged has no
        value, so that no mean is that of survivors; position, its mean; n_values, seeds that have a value, of n_seeds;
        n_diverged; n showers, the least.
    """
    chosen = card[card["chosen"].astype(bool)]
    metric = [*KEY, "title"]
    keys = [*GROUP, *metric]
    groups = chosen.groupby(keys, sort=False)
    ours = pd.DataFrame(
        {
            "mean": groups["value"].mean(),
            "sd": groups["value"].std(ddof=1),
            "position": groups["position"].mean(),
            "n_values": groups["value"].count(),
            "n_seeds": groups["seed"].nunique(),
            "n_diverged": groups["diverged"].sum(),
            "n": groups["n"].min(),
        }
    )
    lost = (chosen["diverged"] & chosen["value"].isna()).groupby([chosen[c] for c in keys]).any()
    ours[["mean", "sd"]] = ours[["mean", "sd"]].mask(lost.reindex(ours.index), axis=0)
    ours = ours.reset_index()
    ends = chosen.drop_duplicates(["architecture", "title"])
    parts = [ours.assign(reference=False)]
    for anchor in ANCHORS:
        if ends[anchor].isna().all():
            continue
        part = ends[["architecture", *metric]].assign(method=anchor, mean=ends[anchor])
        part["position"] = position(ends[anchor], ends, registry)
        parts.append(part.assign(reference=True))
    table = pd.concat(parts, ignore_index=True)
    for column in ("n_values", "n_seeds", "n_diverged", "n"):  # references have none
        table[column] = table[column].astype("Int64")
    return table[["reference", *GROUP, *metric, *(c for c in ours if c not in GROUP + metric)]]


def _parts(numbers: pd.DataFrame, labels: dict[str, str], registry: Registry) -> Parts:
    """Return the table as people read it: a part per idea, a row per labelled method and reference, "mean ± sd"."""
    several = len(numbers["architecture"].unique()) > 1
    unscaled = numbers["space"].str.startswith(UNSCALED)
    part_of = numbers["metric"].where(~unscaled, UNSCALED)  # of all these together
    parts = {
        head: {metric.name for metric in registry if metric.part == part}
        for part, head in HEADS.items()
    } | {OF_UNSCALED: {UNSCALED}}
    rows: dict[str, list[dict[str, str]]] = {part: [] for part in parts}
    for architecture, found in numbers.groupby("architecture", sort=False):
        for method, label in {**labels, **REFERENCES}.items():
            own = found[found["method"] == method]
            own = own[own["reference"] == (method in REFERENCES)]
            if own.empty:
                continue
            n, n_diverged = own["n_seeds"].max(), own["n_diverged"].max()
            seeds = "" if pd.isna(n) else f"{n} ({n_diverged} diverged)" if n_diverged else str(n)
            head = {"method": f"{label} {architecture}" if several else label, "seeds": seeds}
            for part, metrics in parts.items():
                cells = records(own[part_of[own.index].isin(metrics)])
                rows[part].append({**head, **{r["title"]: _entry(r) for r in cells}})
    return {
        part: pd.DataFrame(rows[part], columns=["method", "seeds", *titles], dtype=str).fillna("")
        for part, metrics in parts.items()
        if (titles := list(dict.fromkeys(numbers["title"][part_of.isin(metrics)])))
    }


def _entry(row: dict[str, Any]) -> str:
    """Return a cell of the table, with how many seeds it rests on where some have no value; none if these diverged."""
    if not row["reference"] and pd.isna(row["mean"]) and row["n_diverged"]:
        return f"none for {row['n_seeds'] - row['n_values']} of {row['n_seeds']} seeds"
    text = plus_minus(row["mean"], row["sd"])
    if text and not row["reference"] and row["n_values"] != row["n_seeds"]:
        text += f" ({row['n_values']} of {row['n_seeds']} seeds)"
    return text
