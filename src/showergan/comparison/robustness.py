"""Robustness: how much the score of a method depends on the learning rates."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.comparison.compared import AREA
from showergan.comparison.runs import RUN
from showergan.comparison.unpaired import mean_interval, share_interval

ROBUSTNESS = [
    *("architecture", "method", "score", "column", "n_rates"),
    *("best_rates", "best", "worst_rates", "worst", "n_seeds", "area", "sd", "low", "high"),
    *("width", "decades", "n_failed", "n_runs", "failed_low", "failed_high", "remark"),
]
WITHIN = 0.95  # of the best mean, that a method keeps within its width


def areas(runs: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the area of every score under the discriminator's learning rate: how good a method is at whatever rate.

    The area under the score over log10 of the rate, by trapezoids, is divided by the range in decades, so that it is a
    mean score. It is defined where a method was tried at several rates of the discriminator and one of the generator,
    for seeds that have a score at all these rates. A failed run counts by its score.

    Args:
        runs: one row per run and score, with `failed`, see `compared`.
        column: of it, the value of a score.

    Returns:
        One row per architecture, method, seed and score: score, "area of " and its name; learning_rates, the pairs that
        were tried; `column`, the area.
    """
    rows = []
    for (architecture, method, score), curves, _ in _curves(runs, column):
        if math.isnan(decades := _decades(curves)):
            continue
        values = np.trapezoid(curves.to_numpy(), _log_rates(curves), axis=1) / decades
        keys = {"architecture": architecture, "method": method, "score": AREA + score}
        tried = " ".join(curves.columns)
        rows += [
            {**keys, "learning_rates": tried, "seed": seed, column: float(value)}
            for seed, value in zip(curves.index, values, strict=True)
        ]
    return pd.DataFrame(rows, columns=[*RUN, "score", column])


def robustness(runs: pd.DataFrame, column: str, level: float) -> pd.DataFrame:
    """Return how much the score of each method depends on the learning rates: see `areas`, whose arguments it takes.

    Means are over the seeds that have a score at all pairs that the method was trained at. All numbers belong to these
    pairs, so compare only methods that tried the same. Best and worst are those on test; the pair that a method chose,
    on select, may be another.

    Returns:
        One row per architecture, method and score: column, that of runs; n_rates, pairs tried; best and worst mean,
        with best_rates and worst_rates; n_seeds; area, its mean over seeds, with their sd and low and high, the ends of
        Student's interval of probability 1 - level (NaN below five seeds); width, decades of the discriminator's rate
        in which the mean is at least 95 % of the best, between rates linear in their log10 (NaN if the best is not
        above 0), of the decades that were tried; n_failed of n_runs, with the ends of Wilson's interval of this share,
        failed_low and failed_high; remark, why there is no area.
    """
    rows = []
    for (architecture, method, score), curves, failed in _curves(runs, column):
        keys = {"architecture": architecture, "method": method, "score": score, "column": column}
        n_failed, n_runs = int(failed.to_numpy().sum()), failed.size
        _, low, high = share_interval(n_failed, n_runs, level)
        share = {"n_failed": n_failed, "n_runs": n_runs, "failed_low": low, "failed_high": high}
        rows.append(keys | _dependence(curves, level) | share)
    return pd.DataFrame(rows, columns=ROBUSTNESS)


def _curves(
    runs: pd.DataFrame, column: str
) -> Iterator[tuple[tuple[str, str, str], pd.DataFrame, pd.DataFrame]]:
    """Yield architecture, method and score; the score, and whether a run failed: a row per complete seed.

    Both have a column per pair of learning rates, by its rates.
    """
    for key, rows in runs.groupby(["architecture", "method", "score"], sort=False):
        values, failed = (
            rows.pivot(index="seed", columns="learning_rates", values=name)
            for name in (column, "failed")
        )
        pairs = sorted(values, key=lambda pair: [float(rate) for rate in str(pair).split("_")])
        values = values[pairs].dropna()
        architecture, method, score = map(str, key)
        yield (architecture, method, score), values, failed.loc[values.index, pairs]


def _log_rates(curves: pd.DataFrame) -> NDArray[np.float64]:
    return np.log10([float(pair.split("_")[1]) for pair in curves.columns])


def _decades(curves: pd.DataFrame) -> float:
    """Return the range of the discriminator's rates; NaN where there is one, or the generator's differ."""
    generator = {pair.split("_")[0] for pair in curves.columns}
    return float(np.ptp(_log_rates(curves))) if len(generator) == 1 < curves.shape[1] else math.nan


def _dependence(curves: pd.DataFrame, level: float) -> dict[str, object]:
    """Return the numbers of one method and score that do not depend on failures."""
    means, decades = curves.mean(), _decades(curves)
    found: dict[str, object] = {"n_rates": len(means), "n_seeds": len(curves), "remark": ""}
    if means.isna().any():
        return found | {
            "remark": "no seed has a score at every pair",
            "best_rates": "",
            "worst_rates": "",
        }
    found |= {"best_rates": means.idxmax(), "best": means.max()}
    found |= {"worst_rates": means.idxmin(), "worst": means.min()}
    if len(means) < 2:
        return found | {"remark": "one pair of learning rates, so nothing to compare"}
    if math.isnan(decades):
        return found | {"remark": "several rates of the generator"}
    x = _log_rates(curves)
    mean = np.trapezoid(curves.to_numpy(), x, axis=1) / decades
    area, low, high = mean_interval(mean, level)
    return found | {
        "area": area,
        "sd": float(mean.std(ddof=1)) if len(mean) > 1 else math.nan,
        "low": low,
        "high": high,
        "width": _width(x, means.to_numpy()),
        "decades": decades,
    }


def _width(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the length in x on which the line through points is at least `WITHIN` of its largest value."""
    if y.max() <= 0:
        return math.nan
    bound = WITHIN * y.max()
    ends = np.sort([y[:-1], y[1:]], axis=0)
    rise = ends[1] - ends[0]
    above = np.where(rise > 0, (ends[1] - bound) / np.where(rise > 0, rise, 1), ends[1] >= bound)
    return float(np.clip(above, 0, 1) @ np.diff(x))
