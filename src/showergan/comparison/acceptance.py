"""Acceptance criteria: what a run must reach for a comparison of its methods to say much."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from showergan.comparison.runs import of_runs
from showergan.comparison.summary import real_anchor
from showergan.config.recipes.comparison import Acceptance

# Bounds of the median seed of a method, and of the share of failed seeds.
BOUNDS = {
    # No published generator lies below: the worst has 0.92 (Egorov & Rogachev 2023, table 3).
    "fraction": 0.85,
    # A generator that ignores its conditions reaches this.
    "shuffled": 1.0,
    # Generators that miss the inclination of showers have about 0.5, those that have learned it 0.8.
    "physics": 0.7,
    # Before any scaling. Of 54 seeds of the default run, of two kinds of processor, two lie beyond.
    "response": 2.5,
    # Other real showers have 0.04, real ones with shuffled conditions 51.
    "resolution": 5.0,
    # Of the same seeds five failed; at that rate more than a third of nine do once in a hundred runs.
    "failed": 1 / 3,
}
# A mean energy off by a larger factor is no spread of trainings: it has exploded, or showers are lost.
OFF = 2.0

# By criterion: the title of a score in the scorecard, and the anchor that it is divided by.
RATIOS = {
    "fraction": ("PRD-AUC: E", "ceiling"),
    "shuffled": ("PRD-AUC: bins-E", "shuffled"),
    "physics": ("PRD-AUC: bins-P", "ceiling"),
}
RESOLUTION = "energy resolution error"

COLUMNS = ["criterion", "subject", "value", "worst", "bound", "n_seeds", "n_failed", "met"]


def acceptance(
    card: pd.DataFrame, failures: pd.DataFrame, anchors: pd.DataFrame, recipe: Acceptance
) -> pd.DataFrame:
    """Check generators and data by the acceptance criteria that apply to a run.

    A method is judged at its chosen learning rates, at the epoch chosen on select, by its median seed: of an even
    number of seeds the worse of the two in the middle. A seed without a value is worse than any other.

    The recipe names the methods that the criteria are for, and the showers that every bin needs.

    Returns:
        One row per criterion and subject, a method or "" for all: value, that of the median seed, which is
        compared with the bound; worst, that of the worst seed; n_seeds, and n_failed of these; met. The criteria:
        fraction: PRD-AUC over E as a fraction of its ceiling, where there is one; at least its bound.
        shuffled: bins-E over that of real showers with shuffled conditions, where these differ; above its bound.
        physics: bins-P as a fraction of its ceiling, where there is one; at least its bound.
        response: mean energy of generated showers, before any scaling, over that of real ones; within a factor, the
        worst being furthest off.
        resolution: the energy resolution error; at most its bound.
        failed: share of failed seeds among those of all these methods; at most its bound. A seed failed if `failures`
        says so, of divergence too, or if its mean energy is off by more than a factor 2. The worst is that of a method.
        showers: those of the smallest bin of the partition; at least `fewest`. The worst is the same.
    """
    chosen = card[card["chosen"].astype(bool) & card["method"].isin(recipe.bounded)]
    runs = of_runs(chosen, failures, "failures")
    runs["failed"] = runs["failure"] != "none"
    if "energy_ratio" in runs:
        runs["failed"] |= ~(_off(runs) <= np.log(OFF))  # NaN is off, too
    rows: list[tuple[str, str, float, float, float, int, int]] = []
    for method, own in runs.groupby("method", sort=False):
        count = len(own), int(own["failed"].sum())
        for criterion, values, badness in _measures(chosen[chosen["method"] == method], own):
            order = values.loc[badness.sort_values(na_position="last").index]
            middle, worst = order.iloc[len(order) // 2], order.iloc[-1]
            rows.append((criterion, str(method), middle, worst, BOUNDS[criterion], *count))
    if len(runs):
        share, worst = runs["failed"].mean(), runs.groupby("method")["failed"].mean().max()
        count = len(runs), int(runs["failed"].sum())
        rows.append(("failed", "", share, worst, BOUNDS["failed"], *count))
    bins = real_anchor(anchors)
    bins = bins[(bins["metric"] == "prd_auc") & bins["bin"].str.isdigit()]
    if len(bins):
        rows.append(("showers", "", bins["n"].min(), bins["n"].min(), recipe.fewest, 0, 0))
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    table["met"] = [_holds(criterion, value, bound) for criterion, _, value, _, bound, *_ in rows]
    return table


def _off(runs: pd.DataFrame) -> pd.Series:
    """Return the size of the log of mean energies over that of real showers, which is 0 for these."""
    with np.errstate(divide="ignore"):
        return np.log(runs["energy_ratio"]).abs()


def _measures(card: pd.DataFrame, runs: pd.DataFrame) -> Iterator[tuple[str, pd.Series, pd.Series]]:
    """Yield each criterion that the task has numbers for, its value per seed, and the badness of each."""
    for criterion, (title, anchor) in RATIOS.items():
        rows = card[card["title"] == title]
        if rows[anchor].notna().any():
            ratio = rows["value"] / rows[anchor]
            yield criterion, ratio, -ratio
    if "energy_ratio" in runs:
        yield "response", runs["energy_ratio"], _off(runs)
    error = card.loc[card["title"] == RESOLUTION, "value"]
    if len(error):
        yield "resolution", error, error


def _holds(criterion: str, value: float, bound: float) -> bool:
    if criterion == "response":
        return bool(1 / bound <= value <= bound)
    if criterion in ("resolution", "failed"):
        return bool(value <= bound)
    return bool(value > bound if criterion == "shuffled" else value >= bound)
