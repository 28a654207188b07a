"""Verdicts on methods, by their differences to a baseline over seeds, and ranks of all methods.

Methods are compared as samples of seeds of any sizes, see `unpaired`. Verdicts hold for other seeds on the same data,
not for other data.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from showergan.comparison.compared import ALL, AREA, CHOSEN
from showergan.comparison.robustness import areas
from showergan.comparison.unpaired import (
    FEWEST,
    Array,
    difference_interval,
    difference_p,
    equivalence_p,
    share_interval,
    smallest_p,
)
from showergan.config.recipes.comparison import Tests
from showergan.errors import UserError

MOST = 1000  # seeds, in place of more than anybody trains
FEWEST_NULL = 10  # seeds of the null below which it does not say how large noise is

VERDICTS = [
    *("architecture", "score", "learning_rates", "method", "baseline", "n_method", "n_baseline"),
    *("mean_difference", "low", "high", "probability_of_improvement"),
    *("n_failed", "n_runs", "failed_low", "failed_high", "n_failed_baseline"),
    "difference_not_failed",
    *("n_pairs", "seed_correlation", "p_paired", "noise_floor", "within_noise"),
    *("p_value", "p_smallest", "p_holm", "margin", "p_equivalence", "p_equivalence_holm"),
    *("n_needed", "verdict"),
]
RANKS = [
    *("architecture", "score", "method", "average_rank", "n_methods", "n_seeds"),
    *("friedman_statistic", "friedman_p", "critical_difference"),
]


def verdicts(runs: pd.DataFrame, recipe: Tests, *, at_each_pair: bool = True) -> pd.DataFrame:
    """Compare every method with the baseline, score by score.

    First at the learning rates that each method chose; then, if the baseline was trained at several pairs, at each of
    these pairs, the same for all methods; then over all rates of the discriminator, by the areas of scores, see
    `areas`, with the methods that were tried at the rates of the baseline. Without the column `chosen` each method has
    one pair.

    All seeds count, those that failed by the score they have: to leave them out would compare survivors. The share of
    failed ones and the difference of the others stand beside. Over the methods of a table, p-values of differences are
    corrected by Holm 1979, and by themselves those of equivalence: with a probability of at most `level` any equal
    method is called better or worse, and with at most `level` any other equivalent. A verdict takes five seeds of
    either, as an interval does.

    Args:
        runs: one row per run and score, see `compared`.
        recipe: what is compared with what, and how.
        at_each_pair: whether also at each pair of learning rates that the baseline was trained at.

    Returns:
        One row per architecture, score, learning_rates ("chosen", a pair, or "all") and method other than the baseline.
        n_method and n_baseline, seeds with a score; mean_difference, method - baseline, with low and high, the ends of
        Welch's interval of probability 1 - level (NaN below five seeds of either); probability_of_improvement; n_failed
        of n_runs seeds of the method, with the ends of Wilson's interval of their share, and n_failed_baseline;
        difference_not_failed, of the means of those that did not fail. For those who see a correlation: n_pairs, seeds
        that both have; seed_correlation, Pearson's r over these (NaN below three); p_paired of the sign-flip test,
        two-sided. noise_floor, the size that a mean difference has by chaos alone, from the differences of the null to
        the baseline (NaN below ten seeds of both, and for the null); within_noise, whether the mean difference is at
        most `floors` of these: no verdict rests on it. p_value of equal means, see `difference_p`; p_smallest, the
        smallest it could have been; p_holm, corrected (NaN for the null, whose difference is known to be noise); margin
        of equivalence, p_equivalence and p_equivalence_holm, see `equivalence_p` (NaN without a margin); n_needed,
        seeds of both with which a difference can be decided. verdict: not tested (the null); too few seeds; equivalent
        (p_equivalence_holm at most `level`, though the means may differ); better or worse (p_holm at most `level`);
        undecided.
        Without the baseline there is nothing to compare, and no row.

    Raises:
        UserError: If a method has several runs of one seed and score.
    """
    tables = []
    baseline = recipe.baseline
    for keys, values, failed in _families(runs, recipe.column, baseline, at_each_pair):
        others = values.columns.drop(baseline, errors="ignore")
        if baseline not in values or others.empty:
            continue
        margin = recipe.margins.get(keys["score"].removeprefix(AREA), math.nan)
        rows = [
            _compare(values[[method, baseline]], failed[[method, baseline]], margin, recipe)
            for method in others
        ]
        table = pd.DataFrame(rows).assign(**keys, method=others, baseline=baseline, margin=margin)
        tested = table["method"] != recipe.null
        noise = (
            _sd_of_noise(values, recipe) * (1 / table["n_method"] + 1 / table["n_baseline"]) ** 0.5
        )
        table["noise_floor"] = noise.where(tested)
        within = recipe.floors * table["noise_floor"]
        table["within_noise"] = table["mean_difference"].abs() <= within
        judge(table, tested, recipe)
        tables.append(table[VERDICTS])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=VERDICTS)


def judge(table: pd.DataFrame, tested: pd.Series, recipe: Tests) -> None:
    """Correct the p-values of the tested rows for their number (Holm 1979), and write what follows from that.

    The columns: p_holm, p_equivalence_holm, n_needed and verdict.
    """
    level, n_tests = recipe.level, max(tested.sum(), 1)
    for name, corrected in (("p_value", "p_holm"), ("p_equivalence", "p_equivalence_holm")):
        table.loc[tested, corrected] = holm(table.loc[tested, name].to_numpy())
    table["n_needed"] = _fewest_that_decide(level / n_tests, recipe.resamples)
    decided, up = table["p_holm"] <= level, table["mean_difference"] > 0
    conditions = {
        "not tested": ~tested,
        "too few seeds": table[["n_method", "n_baseline"]].min(axis=1) < FEWEST,
        "equivalent": table["p_equivalence_holm"] <= level,
        "better": decided & up,
        "worse": decided,
        "undecided": table["p_smallest"] * n_tests <= level,
    }
    table["verdict"] = np.select(list(conditions.values()), list(conditions), "too few seeds")


def ranks(runs: pd.DataFrame, recipe: Tests) -> pd.DataFrame:
    """Rank the methods within each seed, and average the ranks over the seeds that all methods have.

    Demšar 2006 ranks classifiers within data sets; here a seed stands for a data set. The Friedman test (Friedman
    1937, chi-square approximation, rough for a handful of seeds) asks whether the methods differ at all. Two methods
    differ by the Nemenyi test if their average ranks differ by at least the critical difference.

    Where there is the column `chosen`, only chosen learning rates count.

    Returns:
        One row per architecture, score and method: average_rank, 1 for the best, ties share their mean rank;
        n_methods; n_seeds; friedman_statistic and friedman_p (NaN below three methods or two seeds, or if all runs
        tie); critical_difference (NaN without two methods and a seed).

    Raises:
        UserError: If a method has several runs of one seed and score.
    """
    tables = []
    for keys, values, _ in _families(runs, recipe.column):
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


def probability_of_improvement(x: Array, y: Array) -> float:
    """Return P(X > Y) over all pairs of a value of x and one of y; ties count half (Agarwal et al. 2021).

    NaN without values.
    """
    if not len(x) or not len(y):
        return math.nan
    return float(np.mean((1 + np.sign(x[:, None] - y[None, :])) / 2))


def holm(p_values: Array) -> Array:
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
    runs: pd.DataFrame, column: str, baseline: str | None = None, at_each_pair: bool = True
) -> Iterator[tuple[dict[str, str], pd.DataFrame, pd.DataFrame]]:
    """Yield keys, architecture, score and learning rates; values of `column`, and whether the runs failed.

    Both have a row per seed and a column per method. First at the chosen learning rates; then, with a baseline that was
    trained at several, at each of its pairs, and over all of them.
    """
    marked = "chosen" in runs
    selections = [(CHOSEN, runs[runs["chosen"].astype(bool)] if marked else runs)]
    pairs = runs.loc[runs["method"] == baseline, "learning_rates"].unique()
    if marked and len(pairs) > 1:
        of_grid = runs[runs["tried"].astype(bool)] if "tried" in runs else runs
        for pair in pairs if at_each_pair else ():
            selections.append((str(pair), of_grid[of_grid["learning_rates"] == pair]))
        whole = areas(of_grid, column)
        tried = whole.loc[whole["method"] == baseline, "learning_rates"].unique()
        selections.append((ALL, whole[whole["learning_rates"].isin(tried)].assign(failed=np.nan)))
    for rates, some in selections:
        twice = some[some.duplicated(["architecture", "method", "seed", "score"])]
        if len(twice):
            method = twice["method"].iloc[0]
            places = ", ".join(map(str, some["learning_rates"][some["method"] == method].unique()))
            raise UserError(
                f"summary: method {method} has several runs of one seed (learning rates {places}); "
                "mark those to compare in the column chosen"
            )
        for (architecture, score), rows in some.groupby(["architecture", "score"], sort=False):
            keys = {"architecture": str(architecture), "score": str(score)}
            methods = rows["method"].unique()
            values, failed = (
                rows.pivot(index="seed", columns="method", values=name)[methods].astype(float)
                for name in (column, "failed")
            )
            yield {**keys, "learning_rates": rates}, values, failed


def _compare(
    values: pd.DataFrame, failed: pd.DataFrame, margin: float, recipe: Tests
) -> dict[str, float]:
    """Compare a method, the first column, and the baseline; a row per seed, NaN for a run that is missing."""
    x, y = (values[name].dropna().to_numpy() for name in values)
    well_x, well_y = (values[name][failed[name] == 0].dropna() for name in values)
    n_failed, n_failed_baseline = failed.sum(min_count=1)
    n_runs = int(failed.iloc[:, 0].count())
    low, high = math.nan, math.nan
    if math.isfinite(n_failed):
        _, low, high = share_interval(int(n_failed), n_runs, recipe.level)
    pairs = values.dropna()
    difference = difference_interval(x, y, recipe.level)
    return {
        "n_method": len(x),
        "n_baseline": len(y),
        "mean_difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "probability_of_improvement": probability_of_improvement(x, y),
        "n_failed": n_failed,
        "n_runs": n_runs,
        "failed_low": low,
        "failed_high": high,
        "n_failed_baseline": n_failed_baseline,
        "difference_not_failed": well_x.mean() - well_y.mean(),
        "n_pairs": len(pairs),
        "seed_correlation": _correlation(*pairs.to_numpy().T),
        "p_paired": _sign_flip(pairs.to_numpy() @ [1.0, -1.0], recipe),
        "p_value": difference_p(x, y, recipe.resamples, recipe.seed),
        "p_smallest": smallest_p(len(x), len(y), recipe.resamples),
        "p_equivalence": math.nan if math.isnan(margin) else equivalence_p(x, y, margin),
    }


def _fewest_that_decide(level: float, resamples: int) -> int:
    """Return the seeds of both samples from which a p-value can be at most the level; `MOST` if none can."""
    return next((n for n in range(FEWEST, MOST) if smallest_p(n, n, resamples) <= level), MOST)


def _sd_of_noise(values: pd.DataFrame, recipe: Tests) -> float:
    """Return the standard deviation of a run by chaos alone, from a method that does not differ from the baseline."""
    if recipe.null not in values:
        return math.nan
    difference = (values[recipe.null] - values[recipe.baseline]).dropna()
    enough = len(difference) >= FEWEST_NULL
    return math.sqrt((difference**2).mean() / 2) if enough else math.nan


def _correlation(x: Array, y: Array) -> float:
    """Return Pearson's r; NaN below three pairs, or if one of the two does not vary."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    return float(np.corrcoef(x, y)[0, 1])


def _sign_flip(difference: Array, recipe: Tests) -> float:
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


def _friedman(values: Array) -> tuple[float, float]:
    """Return the Friedman statistic, corrected for ties, and its p-value; values has a row per seed."""
    n, k = values.shape
    ties_only = (values == values[:, :1]).all()
    if n < 2 or k < 3 or ties_only:
        return math.nan, math.nan
    test = stats.friedmanchisquare(*values.T)
    return float(test.statistic), float(test.pvalue)
