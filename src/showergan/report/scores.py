"""PRD-AUC: what its kinds are called, and what a value rests on."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

SCORES = {
    "bins-E": "bins-E: embedding, mean over bins",
    "bins-P": "bins-P: physics, mean over bins",
    "E": "E: embedding, all conditions",
    "P": "P: physics, all conditions",
}
COMPARED = ("bins-E", "bins-P", "E")  # by figures and tables of verdicts


def shown(known: Iterable[str], there: Iterable[str]) -> list[str]:
    """Return the known names among those there are, in their order; where none is known all, of nothing the known."""
    found = set(there)
    return [name for name in known if name in found] or sorted(found) or list(known)


def sample_size(scores: pd.DataFrame, score: str) -> str:
    """Return the number of samples n and of clusters K, which a PRD-AUC must not be read without.

    A mean over bins goes with the smallest of each: small bins get fewer clusters.
    """
    rows = scores[scores["score"] == score]
    if rows.empty:
        return "no values"
    if rows["value"].isna().all():
        return "undefined"
    n, clusters, most = rows["n"].min(), rows["clusters"].min(), scores["clusters"].max()
    if not score.startswith("bins-"):
        return f"n = {n:.0f}, K = {clusters:.0f}"
    fewer = f"{clusters:.0f} to " if clusters < most else ""
    return f"n \N{GREATER-THAN OR EQUAL TO} {n:.0f} per bin, K = {fewer}{most:.0f}"
