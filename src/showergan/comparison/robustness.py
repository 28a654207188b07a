"""How much of a method's score is left at the worst pair of learning rates that was tried."""

import math

import pandas as pd

ROBUSTNESS = [
    *("architecture", "method", "score", "n_rates"),
    *("best_rates", "best", "worst_rates", "worst", "robustness", "remark"),
]


def robustness(grid: pd.DataFrame) -> pd.DataFrame:
    """Return one number per method: its score at the worst pair of learning rates over that at the best one.

    The score is the one that chooses among learning rates, on test at the epoch chosen on select, the mean over seeds.
    1 means that the choice of learning rates does not matter, 0 that a wrong one loses everything. The number belongs
    to the pairs that were tried, so compare only methods that tried the same. Best and worst are those on test; the
    pair that a method chose, on select, may be another.

    Args:
        grid: as `learning_rate_grid` returns it.

    Returns:
        One row per architecture and method: score, its name; n_rates, pairs tried; best and worst, with best_rates and
        worst_rates; robustness = worst / best; remark, why there is no robustness (NaN): one pair only, a pair without
        a score, or scores that are not all above 0, of which a ratio means nothing.
    """
    rows = [
        {"architecture": architecture, "method": method, **_ratio(tried)}
        for (architecture, method), tried in grid.groupby(["architecture", "method"], sort=False)
    ]
    return pd.DataFrame(rows, columns=ROBUSTNESS)


def _ratio(tried: pd.DataFrame) -> dict[str, object]:
    """Return what the pairs of one method give."""
    score, n = tried["test_mean"], len(tried)
    found: dict[str, object] = {"score": tried["score"].iloc[0], "n_rates": n}
    for name, place in (("best", score.argmax), ("worst", score.argmin)):
        row = tried.iloc[place()] if score.notna().any() else None
        found[f"{name}_rates"] = "" if row is None else row["learning_rates"]
        found[name] = math.nan if row is None else row["test_mean"]
    if n < 2:
        remark = "one pair of learning rates, so nothing to compare"
    elif score.isna().any():
        remark = f"no score at {tried.loc[score.isna(), 'learning_rates'].iloc[0]}"
    elif score.min() < 0 or score.max() <= 0:
        remark = "scores are not above 0"
    else:
        return {**found, "robustness": score.min() / score.max(), "remark": ""}
    return {**found, "robustness": math.nan, "remark": remark}
