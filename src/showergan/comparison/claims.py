"""Tests of claims, each that one method is better than another, and of the protocol that claims often rest on."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from showergan.comparison.compared import CHOSEN
from showergan.comparison.unpaired import Array
from showergan.comparison.verdicts import VERDICTS, judge, verdicts
from showergan.config.recipes.comparison import Claims

OUTCOMES = {"better": "supported", "worse": "contradicted"}
CLAIMS = ["claim", "says", *VERDICTS]
PROTOCOL = [
    *("architecture", "score", "learning_rates", "claim", "method", "than"),
    *("n_method", "n_than", "verdict", "says_better"),
]
ORDER = ["score", "learning_rates", "architecture", "other", "n_methods", "tau", "low", "high"]


def claims(runs: pd.DataFrame, recipe: Claims) -> pd.DataFrame:
    """Test each claim by the chosen learning rates of its two methods, and by their areas over all rates.

    As `verdicts` does of one method and a baseline; p-values are corrected for the number of claims.

    Args:
        runs: one row per run and score, see `compared`.
        recipe: the claims, and how they are tested.

    Returns:
        One row per architecture, score, learning_rates ("chosen" or "all") and claim whose methods both have runs:
        claim, its name; says, its text; the columns of `verdicts`, with `baseline` the method that it is compared with,
        and a verdict of supported, contradicted, equivalent, undecided or too few seeds.
    """
    tables = []
    for name, claim in recipe.claims.items():
        both = runs[runs["method"].isin([claim.method, claim.than])]
        changes = {"baseline": claim.than, "null": ""}
        table = verdicts(both, recipe.model_copy(update=changes), at_each_pair=False)
        tables.append(table.assign(claim=name, says=claim.says))
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=CLAIMS)
    families = []
    for _, family in found.groupby(["architecture", "score", "learning_rates"], sort=False):
        family = family.copy()
        judge(family, pd.Series(True, index=family.index), recipe)
        families.append(family.replace({"verdict": OUTCOMES}))
    return pd.concat(families, ignore_index=True)[CLAIMS] if families else found[CLAIMS]


def protocol(runs: pd.DataFrame, tested: pd.DataFrame, recipe: Claims) -> pd.DataFrame:
    """Return how often a comparison by a few seeds, each at its best epoch on test, would call a claim true.

    As published: at one pair of learning rates, the same for both methods, without a test, the larger mean wins. Seeds
    of each method are drawn with replacement, many times, as if each had as many more of the same spread (Efron 1979);
    ties count half.

    Args:
        runs: as of `claims`, with the column `max`, the best epoch on test.
        tested: the result of `claims`.
        recipe: as of `claims`.

    Returns:
        One row per architecture, score, pair of learning rates and claim with enough seeds of both methods: n_method
        and n_than, of which seeds are drawn; verdict, that of the claim at chosen rates; says_better, the share of the
        draws in which the larger mean is that of the method.
    """
    rows = []
    chosen = tested[tested["learning_rates"] == CHOSEN]
    known = chosen.set_index(["architecture", "score", "claim"])["verdict"]
    rng = np.random.default_rng(recipe.seed)
    for name, claim in recipe.claims.items():
        both = runs[runs["method"].isin([claim.method, claim.than])].dropna(subset="max")
        for (architecture, score, rates), some in both.groupby(
            ["architecture", "score", "learning_rates"], sort=False
        ):
            x, y = (
                some.loc[some["method"] == method, "max"].to_numpy(float)
                for method in (claim.method, claim.than)
            )
            if min(len(x), len(y)) < recipe.seeds:
                continue
            means = [rng.choice(v, (recipe.draws, recipe.seeds)).mean(axis=1) for v in (x, y)]
            rows.append(
                {
                    **{"architecture": architecture, "score": score, "learning_rates": rates},
                    **{"claim": name, "method": claim.method, "than": claim.than},
                    **{"n_method": len(x), "n_than": len(y)},
                    "verdict": known.get((architecture, score, name), ""),
                    "says_better": float((1 + np.sign(means[0] - means[1])).mean() / 2),
                }
            )
    return pd.DataFrame(rows, columns=PROTOCOL)


def order_of_methods(runs: pd.DataFrame, recipe: Claims) -> pd.DataFrame:
    """Return whether two architectures put the methods in the same order: Kendall's tau-b of their means.

    Returns:
        One row per score and two architectures, at chosen learning rates: n_methods that both have, tau, and the ends
        of its percentile interval of probability 1 - level over bootstrap samples of the seeds of each method (Efron
        1979), NaN below three methods.
    """
    rows = []
    some = runs[runs["chosen"]] if "chosen" in runs else runs
    for score, of_score in some.dropna(subset=recipe.column).groupby("score", sort=False):
        for (one, other), both in _pairs_of_architectures(of_score):
            values = [
                [values.to_numpy(float) for _, values in rows_of.groupby("method")[recipe.column]]
                for rows_of in both
            ]
            rows.append(
                {"score": score, "learning_rates": CHOSEN, "architecture": one, "other": other}
                | _agreement(values, recipe)
            )
    return pd.DataFrame(rows, columns=ORDER)


def _pairs_of_architectures(
    runs: pd.DataFrame,
) -> Iterator[tuple[tuple[str, str], list[pd.DataFrame]]]:
    """Yield the names of two architectures, and their runs of the methods that both have."""
    names = list(dict.fromkeys(runs["architecture"]))
    known = {name: runs[runs["architecture"] == name] for name in names}
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            common = set(known[one]["method"]) & set(known[other]["method"])
            yield (one, other), [known[n][known[n]["method"].isin(common)] for n in (one, other)]


def _agreement(values: list[list[Array]], recipe: Claims) -> dict[str, float]:
    """Return tau and its interval, of the scores of the same methods under two architectures."""
    n = len(values[0])
    if n < 3:
        return {"n_methods": n, "tau": math.nan, "low": math.nan, "high": math.nan}
    rng = np.random.default_rng(recipe.seed)
    tau = kendalltau(*[[v.mean() for v in of] for of in values]).statistic
    drawn = [
        np.array([rng.choice(v, (recipe.draws, len(v))).mean(axis=1) for v in of]) for of in values
    ]
    taus = [kendalltau(*means).statistic for means in zip(*(d.T for d in drawn), strict=True)]
    low, high = np.nanquantile(taus, [recipe.level / 2, 1 - recipe.level / 2])
    return {"n_methods": n, "tau": float(tau), "low": float(low), "high": float(high)}
