"""What a run must reach before its methods are worth comparing."""

import math
from collections.abc import Sequence

import pandas as pd

from showergan.comparison.runs import RUN
from showergan.comparison.summary import real_anchor
from showergan.comparison.verdicts import CHOSEN
from showergan.metrics.metric import CEILING

FRACTION = 0.85  # of the ceiling of PRD-AUC over E
FACTOR = 2.0  # between the mean energies of generated and real showers

BARS = ["bar", "subject", "mean", "value", "bound", "met"]


def bars(
    card: pd.DataFrame,
    failures: pd.DataFrame,
    anchors: pd.DataFrame,
    verdicts: pd.DataFrame,
    *,
    bounded: Sequence[str],
    fewest: int,
) -> pd.DataFrame:
    """Hold a run against the bars; those that have no subject in it are left out.

    A method is judged at its chosen learning rates, at the epoch chosen on select, by its worst seed.

    Args:
        card: as `scorecard` returns it.
        failures: as `failures` returns it.
        anchors: as `reference` writes them.
        verdicts: as `verdicts` returns them, against vanilla SN.
        bounded: the methods that the bars are for: those with spectral normalisation.
        fewest: showers that every bin needs.

    Returns:
        One row per bar and subject, `value` being what is held against the bound, `met` whether it holds, `mean` the
        mean over seeds, NaN where one has no value:
        fraction: PRD-AUC over E as a fraction of its ceiling, where there is one, per method; at least 0.85 in the
        worst seed.
        shuffled: bins-E over that of real showers with shuffled conditions, where these differ, per method; above 1 in
        the worst seed.
        energy: mean energy of generated over that of real showers, per method; within a factor 2 in the seed that is
        furthest off.
        showers: those of the smallest bin of the partition; at least `fewest`.
        separation: share of the seeds in which vanilla SN has a higher bins-E than no normalisation, at the pair of
        learning rates where it is largest (subject); at least 1. The mean is that of the difference.
    """
    chosen = card[card["chosen"].astype(bool) & card["method"].isin(bounded)]
    ratios = failures.merge(chosen[RUN].drop_duplicates(), on=RUN)
    rows: list[tuple[str, str, float, float, float]] = []
    titles = set(card["title"])
    for method in dict.fromkeys(chosen["method"]):
        own = chosen[chosen["method"] == method]
        # Not every task has an embedding, conditions or energies.
        if "PRD-AUC: E" in titles and CEILING in set(anchors["anchor"]):
            rows.append(("fraction", method, *_ratio(own, "PRD-AUC: E", CEILING), FRACTION))
        if own.loc[own["title"] == "PRD-AUC: bins-E", "shuffled"].notna().any():
            rows.append(("shuffled", method, *_ratio(own, "PRD-AUC: bins-E", "shuffled"), 1.0))
        if "energy_ratio" in failures:
            energy = ratios.loc[ratios["method"] == method, "energy_ratio"]
            rows.append(("energy", method, energy.mean(skipna=False), _furthest(energy), FACTOR))
    bins = real_anchor(anchors)
    bins = bins[(bins["metric"] == "prd_auc") & bins["bin"].str.isdigit()]
    rows += [("showers", "", math.nan, bins["n"].min(), fewest)] if len(bins) else []
    rows += _separation(verdicts)
    table = pd.DataFrame(rows, columns=BARS[:-1])
    table["met"] = [_holds(str(bar), value, bound) for bar, _, _, value, bound in rows]
    return table


def _ratio(card: pd.DataFrame, title: str, anchor: str) -> tuple[float, float]:
    """Return the mean and the least of values over an anchor; one that is missing is the worst."""
    rows = card[card["title"] == title]
    ratio = rows["value"] / rows[anchor]
    return ratio.mean(skipna=False), ratio.min(skipna=False)


def _furthest(ratios: pd.Series) -> float:
    """Return the ratio that is furthest from 1, up or down; one that is missing is the worst."""
    if ratios.isna().any() or ratios.empty:
        return math.nan
    return float(max(ratios, key=lambda r: abs(math.log(r)) if r > 0 else math.inf))


def _separation(verdicts: pd.DataFrame) -> list[tuple[str, str, float, float, float]]:
    """Return the pair of learning rates, or the choice of them, that separates SN from no normalisation best."""
    rows = verdicts[(verdicts["method"] == "none") & (verdicts["score"] == "bins-E")]
    rows = rows[rows["n_pairs"] > 0]
    if (rows["learning_rates"] != CHOSEN).any():
        rows = rows[rows["learning_rates"] != CHOSEN]
    if rows.empty:
        return []
    below = rows["mean_difference"] < 0  # of no normalisation, so that SN is above
    rows = rows.assign(
        share=(rows["same_direction"] / rows["n_pairs"]).where(below, 0.0),
        gain=-rows["mean_difference"],
    )
    best = rows.sort_values(["share", "gain"]).iloc[-1]
    return [("separation", str(best["learning_rates"]), best["gain"], best["share"], 1.0)]


def _holds(bar: str, value: float, bound: float) -> bool:
    if bar == "shuffled":
        return bool(value > bound)
    if bar == "energy":
        return bool(1 / bound <= value <= bound)
    return bool(value >= bound)
