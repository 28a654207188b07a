"""Verdicts on methods: paired differences to a baseline over seeds, and ranks of all methods.

Seeds are paired: runs of one seed share first weights, data order and noise, whatever the method. Training is chaotic,
though, and forgets them: the benefit of pairing is the correlation over seeds, which every comparison reports. The
scale of chaos comes from the null, a method that differs from the baseline by a change that cannot matter. Verdicts
hold for other seeds on the same data, not for other data.
"""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from showergan.config.recipes.comparison import Verdicts
from showergan.errors import UserError

CHOSEN = "chosen"  # in place of a pair of learning rates: the pair that each method chose

VERDICTS = [
    *("architecture", "score", "learning_rates", "method", "baseline", "n_pairs", "n_unpaired"),
    *("mean_difference", "low", "high", "wins", "same_direction", "seed_correlation"),
    *("noise_floor", "within_noise", "probability_of_improvement"),
    *("p_value", "p_smallest", "p_holm", "n_needed", "verdict"),
]
RANKS = [
    *("architecture", "score", "method", "average_rank", "n_methods", "n_seeds"),
    *("friedman_statistic", "friedman_p", "critical_difference"),
]

_Array = NDArray[np.float64]


def verdicts(summary: pd.DataFrame, recipe: Verdicts) -> pd.DataFrame:
    """Compare every method with the baseline, score by score, over the seeds that both have.

    First at the learning rates that each method chose; then, if the baseline was trained at several pairs, at each of
    these pairs, the same for all methods. Each comparison is corrected for its own number of hypotheses.

    Two seeds decide nothing: of the 2^n ways to flip signs, two are as extreme as the most extreme one, so no p-value
    is below 2/2^n, and Holm's correction multiplies it by the number of methods. The bootstrap of so few differences
    shows their spread; it covers the true mean less often than it should.

    In a summary without the column `chosen` each method has one pair of learning rates.

    Returns:
        One row per architecture, score, learning_rates ("chosen" or a pair) and method other than the baseline. All
        differences are method - baseline: n_pairs, and n_unpaired seeds that one of the two lacks; mean_difference with
        low and high, its bootstrap interval (NaN below two pairs); wins, pairs in which the method scores higher;
        same_direction, pairs whose difference has the sign of the mean one; seed_correlation, Pearson's r of the two
        methods over seeds (NaN below three pairs); noise_floor, the root mean square difference of the null over
        sqrt(its pairs): the size that a mean difference has by chaos alone (NaN without a null, and for it);
        within_noise, whether the mean difference is at most `floors` of these; probability_of_improvement;
        p_value of the paired sign-flip test, two-sided; p_smallest, the smallest it could have been; p_holm, corrected
        for the number of methods but the null, whose difference is known to be noise (NaN for it); n_needed, pairs from
        which a verdict is possible; verdict: not tested (the null), better or worse (p_holm at most `level`), too few
        seeds (p_smallest times the number of tested methods above it), else undecided.
        Without the baseline in the summary there is nothing to compare, and no row.

    Raises:
        UserError: If a method has several runs of one seed and score.
    """
    tables = []
    baseline, level = recipe.baseline, recipe.level
    for keys, values in _families(summary, recipe.column, baseline):
        others = values.columns.drop(baseline, errors="ignore")
        if baseline not in values or others.empty:
            continue
        compared = [_compare(values[method], values[baseline], recipe) for method in others]
        table = pd.DataFrame(compared).assign(**keys, method=others, baseline=baseline)
        tested = table["method"] != recipe.null
        table["noise_floor"] = np.where(tested, _noise_floor(values, recipe), math.nan)
        noise = recipe.floors * table["noise_floor"]
        table["within_noise"] = table["mean_difference"].abs() <= noise
        table.loc[tested, "p_holm"] = holm(table.loc[tested, "p_value"].to_numpy())
        table["n_needed"] = math.ceil(math.log2(2 * max(tested.sum(), 1) / level))
        decided = table["p_holm"] <= level
        conditions = {
            "not tested": ~tested,
            "better": decided & (table["mean_difference"] > 0),
            "worse": decided,
            "too few seeds": table["p_smallest"] * tested.sum() > level,
        }
        table["verdict"] = np.select(list(conditions.values()), list(conditions), "undecided")
        tables.append(table[VERDICTS])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=VERDICTS)


def ranks(summary: pd.DataFrame, recipe: Verdicts) -> pd.DataFrame:
    """Rank the methods within each seed, and average the ranks over the seeds that all methods have.

    Demšar 2006 ranks classifiers within data sets; here a seed stands for a data set. The Friedman test (Friedman
    1937, chi-square approximation, rough for a handful of seeds) asks whether the methods differ at all. Two methods
    differ by the Nemenyi test if their average ranks differ by at least the critical difference.

    Where the summary has the column `chosen`, only chosen learning rates count.

    Returns:
        One row per architecture, score and method: average_rank, 1 for the best, ties share their mean rank;
        n_methods; n_seeds; friedman_statistic and friedman_p (NaN below three methods or two seeds, or if all runs
        tie); critical_difference (NaN without two methods and a seed).

    Raises:
        UserError: If a method has several runs of one seed and score.
    """
    tables = []
    for keys, values in _families(summary, recipe.column):
        complete = values.dropna()
        n, k = complete.shape
        statistic, p_value = _friedman(complete.to_numpy())
        average = complete.rank(axis=1, ascending=False).mean()
        table = pd.DataFrame({"method": values.columns, "average_rank": average.to_numpy()})
        table = table.assign(
            **keys,
            n_methods=k,
            n_seeds=n,
            friedman_statistic=statistic,
            friedman_p=p_value,
            critical_difference=critical_difference(k, n, recipe.level),
        )
        tables.append(table[RANKS])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=RANKS)


def probability_of_improvement(x: _Array, y: _Array) -> float:
    """Return P(X > Y) over all pairs of a value of x and one of y; ties count half (Agarwal et al. 2021)."""
    return float(np.mean((1 + np.sign(x[:, None] - y[None, :])) / 2))


def holm(p_values: _Array) -> _Array:
    """Return p-values corrected for their number by Holm 1979, in the same order.

    The i-th smallest of m is multiplied by m - i + 1; none may fall below a smaller one, none exceeds 1.
    """
    order = np.argsort(p_values)
    steps = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(steps, 1)
    return corrected


def critical_difference(n_methods: int, n_seeds: int, level: float) -> float:
    """Return the least significant difference of average ranks by the Nemenyi test (Demšar 2006, section 3.2.2).

    q sqrt(k (k + 1) / (6 N)) for k methods and N seeds, q the quantile 1 - level of the studentized range over sqrt(2).
    """
    if n_methods < 2 or n_seeds < 1:
        return math.nan
    q = stats.studentized_range.ppf(1 - level, n_methods, np.inf) / math.sqrt(2)
    return float(q * math.sqrt(n_methods * (n_methods + 1) / (6 * n_seeds)))


def _families(
    summary: pd.DataFrame, column: str, baseline: str | None = None
) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield architecture, score and learning rates, and their values: a row per seed, a column per method.

    First at the chosen learning rates, then at each pair if the baseline was trained at several.
    """
    marked = "chosen" in summary
    selections = [(CHOSEN, summary[summary["chosen"].astype(bool)] if marked else summary)]
    pairs = summary.loc[summary["method"] == baseline, "learning_rates"].unique()
    if marked and len(pairs) > 1:
        of_grid = summary[summary["tried"].astype(bool)] if "tried" in summary else summary
        selections += [(str(pair), of_grid[of_grid["learning_rates"] == pair]) for pair in pairs]
    for rates, runs in selections:
        twice = runs[runs.duplicated(["architecture", "method", "seed", "score"])]
        if len(twice):
            method = twice["method"].iloc[0]
            tried = ", ".join(map(str, runs["learning_rates"][runs["method"] == method].unique()))
            raise UserError(
                f"summary: method {method} has several runs of one seed (learning rates {tried}); "
                "mark those to compare in the column chosen"
            )
        for (architecture, score), rows in runs.groupby(["architecture", "score"], sort=False):
            values = rows.pivot_table(column, index="seed", columns="method", dropna=False)
            keys = {"architecture": str(architecture), "score": str(score)}
            yield {**keys, "learning_rates": rates}, values[rows["method"].unique()]


def _compare(method: pd.Series, baseline: pd.Series, recipe: Verdicts) -> dict[str, float]:
    """Compare the values of a method and of the baseline, both by seed, NaN for a run that is missing."""
    paired = method.notna() & baseline.notna()
    x, y = method[paired].to_numpy(), baseline[paired].to_numpy()
    difference = x - y
    n = len(difference)
    low, high = _interval(difference, recipe)
    return {
        "n_pairs": n,
        "n_unpaired": int((method.notna() ^ baseline.notna()).sum()),
        "mean_difference": float(difference.mean()) if n else math.nan,
        "low": low,
        "high": high,
        "wins": int((difference > 0).sum()),
        "same_direction": int((difference * difference.mean() > 0).sum()) if n else 0,
        "seed_correlation": _correlation(x, y),
        "probability_of_improvement": probability_of_improvement(x, y) if n else math.nan,
        "p_value": _sign_flip(difference, recipe),
        "p_smallest": min(1.0, 2 / min(2**n, recipe.resamples + 1)),
    }


def _noise_floor(values: pd.DataFrame, recipe: Verdicts) -> float:
    """Return the size of a mean difference between methods that do not differ."""
    if recipe.null not in values:
        return math.nan
    difference = (values[recipe.null] - values[recipe.baseline]).dropna().to_numpy()
    return float(np.linalg.norm(difference) / len(difference)) if len(difference) else math.nan


def _correlation(x: _Array, y: _Array) -> float:
    """Return Pearson's r; NaN below three pairs, or if one of the two does not vary."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _interval(difference: _Array, recipe: Verdicts) -> tuple[float, float]:
    """Return the BCa bootstrap interval of the mean (Efron 1987), 95 % for the level 0.05."""
    if len(difference) < 2:
        return math.nan, math.nan
    # BCa estimates a skewness, which differences equal up to rounding do not have.
    equal = np.ptp(difference) < 1e-12
    method: Literal["BCa", "percentile"] = "percentile" if equal else "BCa"
    interval = stats.bootstrap(
        (difference,),
        np.mean,
        n_resamples=recipe.resamples,
        confidence_level=1 - recipe.level,
        method=method,
        rng=recipe.seed,
    ).confidence_interval
    return float(interval.low), float(interval.high)


def _sign_flip(difference: _Array, recipe: Verdicts) -> float:
    """Return the two-sided p-value of a mean of 0 if the sign of every difference is random (Fisher 1935).

    Exact where all 2^n flips are at most `resamples` (13 pairs at 10 000), else from that many random ones.
    """
    if len(difference) < 2:
        return 1.0
    test = stats.permutation_test(
        (difference,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=recipe.resamples,
        rng=recipe.seed,
    )
    return float(test.pvalue)


def _friedman(values: _Array) -> tuple[float, float]:
    """Return the Friedman statistic, corrected for ties, and its p-value; values has a row per seed."""
    n, k = values.shape
    ties_only = (values == values[:, :1]).all()
    if n < 2 or k < 3 or ties_only:
        return math.nan, math.nan
    test = stats.friedmanchisquare(*values.T)
    return float(test.statistic), float(test.pvalue)
