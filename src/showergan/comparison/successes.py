"""Outcome of each method on each architecture, and the number of those on which only one of two methods succeeds."""

import itertools
from collections.abc import Sequence

import pandas as pd
from scipy import stats

from showergan.comparison.compared import WORST
from showergan.comparison.runs import RUN, of_runs

# Gulrajani et al. 2017, table 2: on how many of 200 random architectures only the GAN succeeds, only WGAN-GP, both and
# neither, by the Inception score that counts as success.
PUBLISHED = {
    1.0: (0, 8, 192, 0),
    3.0: (1, 88, 110, 1),
    5.0: (0, 147, 42, 11),
    7.0: (1, 104, 5, 90),
    9.0: (0, 0, 0, 200),
}


def outcomes(
    summary: pd.DataFrame, failures: pd.DataFrame, score: str, failed_below: float
) -> pd.DataFrame:
    """Return the outcome of each method on each architecture at its chosen learning rates.

    Returns:
        One row per architecture and method: score; value and fraction, means over seeds of the score on test at the
        epoch chosen on select and of its fraction of the ceiling, or, where there is none, of what other real samples
        score (NaN where a run has none, but 0 for a failed one); n_seeds; failure, "none" or what went wrong in any
        seed: see `failures`, "diverged" of a generator that gave values that are not numbers at any evaluated epoch,
        and "below", whose fraction is below `failed_below`.
    """
    runs = summary[(summary["score"] == score) & summary["chosen"].astype(bool)]
    found = failures.dropna(subset="seed").astype({"seed": int})
    runs = runs.astype({"seed": int})
    failed = of_runs(runs, found[[*RUN, "failure"]], "failures")
    runs = runs.merge(failed, on=RUN, validate="one_to_one")
    without = runs["selected"].isna() & (runs["failure"] != "none")
    runs.loc[without, "selected"] = WORST
    runs["fraction"] = runs["selected"] / runs["ceiling"].fillna(runs["other_real"])
    rows = []
    for (architecture, method), part in runs.groupby(["architecture", "method"], sort=False):
        fraction = part["fraction"].mean(skipna=False)
        wrong = {w for name in part["failure"] for w in str(name).split(", ")} - {"none"}
        wrong |= {"diverged"} if part["diverged"].any() else set()
        wrong |= set() if fraction >= failed_below else {"below"}
        rows.append(
            {
                "architecture": architecture,
                "method": method,
                "score": score,
                "value": part["selected"].mean(skipna=False),
                "fraction": fraction,
                "n_seeds": len(part),
                "failure": ", ".join(sorted(wrong)) or "none",
            }
        )
    return pd.DataFrame(rows)


def successes(table: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Count the architectures on which each two methods succeed, of those that both were trained on.

    Beside them stand the published counts. A method succeeds from a threshold on, a fraction of the ceiling.

    Returns:
        One row per two methods and threshold: source, "ours" or "published"; method and other; threshold, of the
        published counts of the Inception score; only_method, only_other, both and neither; n, their sum; p_value of
        McNemar's exact test, two-sided, that of the architectures on which one of the two succeeds alone each has as
        many (McNemar 1947; binomial).
    """
    fractions = {
        m: rows.set_index("architecture")["fraction"] for m, rows in table.groupby("method")
    }
    rows = []
    for method, other in itertools.combinations(dict.fromkeys(table["method"]), 2):
        of_both = fractions[method].index.intersection(fractions[other].index)
        for threshold in thresholds:
            a, b = (fractions[name][of_both] >= threshold for name in (method, other))
            counts = (a & ~b).sum(), (b & ~a).sum(), (a & b).sum(), (~a & ~b).sum()
            rows.append(("ours", method, other, threshold, *map(int, counts)))
    rows += [("published", "GAN", "WGAN-GP", t, *counts) for t, counts in PUBLISHED.items()]
    names = ["source", "method", "other", "threshold", "only_method", "only_other", "both"]
    counted = pd.DataFrame(rows, columns=[*names, "neither"])
    counted["n"] = counted[["only_method", "only_other", "both", "neither"]].sum(axis=1)
    alone = zip(counted["only_method"], counted["only_other"], strict=True)
    counted["p_value"] = [mcnemar(a, b) for a, b in alone]
    return counted


def mcnemar(only_one: int, only_other: int) -> float:
    """Return the exact two-sided p-value of the numbers of pairs in which only one or only the other succeeds."""
    n = only_one + only_other
    return float(stats.binomtest(only_one, n).pvalue) if n else 1.0
