"""Correlation of the discriminator's loss with the quality of samples: does it fall while they get better?

Arjovsky, Chintala & Bottou 2017, figures 3 and 4: the Wasserstein estimate falls as samples improve, and is constant
where a training fails; the Jensen-Shannon estimate of a standard GAN is unrelated.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from showergan.comparison.runs import METHOD, RUN
from showergan.methods.losses import Loss
from showergan.metrics.metric import KEY, Registry, Stage

WINDOW = 101  # recorded rows of the median filter, as published
SHARE = 0.1  # of all rows, which it takes at most
LEVEL = 0.95  # of the interval
HISTORY = ("step", "epoch", "discriminator_loss", "lipschitz_bound")  # columns that are read


def estimates(histories: pd.DataFrame, losses: Mapping[str, Loss]) -> pd.DataFrame:
    """Return the distance that the discriminator's loss, without penalties, estimates at every recorded step.

    The histories have the columns of a run and `HISTORY`; the losses are those of each method.

    Returns:
        Columns of a run; step; epoch; distance, what is estimated; estimate, by a running median of 101 recorded rows
        or a tenth of them, if that is less; and per_lipschitz, the same of the estimate over the discriminator's
        Lipschitz bound.
    """
    tables = []
    for key, history in histories.groupby(RUN, sort=False):
        loss = losses[str(key[1])]
        raw = history["discriminator_loss"].map(loss.estimate)
        window = 2 * (min(WINDOW, round(SHARE * len(history))) // 2) + 1
        smooth, relative = (
            values.rolling(window, center=True, min_periods=1).median()
            for values in (raw, raw / history["lipschitz_bound"])
        )
        kept = history[[*RUN, "step", "epoch"]]
        tables.append(kept.assign(distance=loss.estimates, estimate=smooth, per_lipschitz=relative))
    return pd.concat(tables, ignore_index=True)


def with_seconds(estimated: pd.DataFrame, seconds: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with the column seconds, the time that a training had taken, by its seconds per_step."""
    per_step = estimated[RUN].merge(seconds, on=RUN, how="left", validate="many_to_one")["per_step"]
    return estimated.assign(seconds=estimated["step"] * per_step)


def loss_meaning(
    estimated: pd.DataFrame, metrics: pd.DataFrame, registry: Registry
) -> pd.DataFrame:
    """Return estimate and quality of the epochs that were evaluated, one row per run, metric and epoch.

    Quality is the metrics measured on test at every epoch that do not show failures.

    Returns:
        Columns of `estimated`, at the last step that was recorded by the end of the epoch, NaN where a training
        diverged before; title and value of the metric; and worse, the value with the sign, or the distance from its
        best, that makes larger ones worse.
    """
    last = estimated.groupby([*RUN, "epoch"], sort=False).tail(1).sort_values("epoch")
    ended = last.groupby(RUN)["epoch"].max().rename("ended").reset_index()
    of_step = last.columns.difference([*RUN, "epoch", "distance"])
    test = metrics[metrics["split"] == "test"]
    of_failures = {failure.metric for failure in registry.failures}
    tables = []
    for entry in registry.entries:
        metric = registry[entry.metric]
        if metric.stage > Stage.EVERY_EPOCH or entry.metric in of_failures:
            continue
        rows = test[(test[KEY] == list(entry[:3])).all(axis=1)]
        value = rows["value"]
        signs = {"higher": -value, "lower": value, "target": (value - (metric.best or 0)).abs()}
        kept = rows[[*RUN, "epoch", "value"]]
        kept = kept.assign(title=entry.title, worse=signs[metric.direction])
        kept = kept[kept["epoch"] >= last["epoch"].min()].sort_values("epoch", kind="stable")
        table = pd.merge_asof(kept, last, on="epoch", by=RUN).merge(ended, on=RUN, how="left")
        after = ~(table["epoch"] <= table.pop("ended"))
        table.loc[after, of_step] = np.nan
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    table["distance"] = table["method"].map(last.groupby("method")["distance"].first())
    return table


def loss_correlation(meaning: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's rho between estimate and quality over the evaluated epochs of a run, its mean over seeds.

    1: the estimate falls whenever quality rises. The interval is Student's over seeds of Fisher's z = atanh(rho), where
    a perfect order of n epochs counts as half an exchange of neighbours short of it, 1 - 6 / (n^3 - n), since z of 1 is
    infinite.

    Returns:
        One row per method, pair of learning rates, metric and form ("estimate" or "per_lipschitz"): distance; rho, its
        mean in z; low and high, the ends of the 95 % interval, NaN below two seeds; n_seeds with a rho, which has none
        where either side is constant; n_epochs, the fewest of these; rhos, of each seed, as text.
    """
    rows = []
    for (*method, title), part in meaning.groupby([*METHOD, "title"], sort=False):
        for form in ("estimate", "per_lipschitz"):
            runs = {str(seed): run for seed, run in part.groupby("seed")}
            seeds = {seed: _rho(run[form], run["worse"]) for seed, run in runs.items()}
            known = {seed: rho for seed, rho in seeds.items() if math.isfinite(rho)}
            counts = [int(runs[seed][form].mul(runs[seed]["worse"]).count()) for seed in known]
            rho, low, high = _pooled(list(known.values()), counts)
            rows.append(
                {
                    **dict(zip(METHOD, method, strict=True)),
                    "metric": title,
                    "form": form,
                    "distance": part["distance"].iloc[0],
                    "rho": rho,
                    "low": low,
                    "high": high,
                    "n_seeds": len(known),
                    "n_epochs": min(counts, default=0),
                    "rhos": " ".join(f"{seed}:{value:.3f}" for seed, value in seeds.items()),
                }
            )
    return pd.DataFrame(rows)


def _rho(estimate: pd.Series, worse: pd.Series) -> float:
    both = pd.DataFrame({"a": estimate, "b": worse}).replace([np.inf, -np.inf], np.nan).dropna()
    if len(both) < 3 or both["a"].nunique() < 2 or both["b"].nunique() < 2:
        return math.nan
    return float(stats.spearmanr(both["a"], both["b"]).statistic)


def _pooled(rhos: list[float], counts: list[int]) -> tuple[float, float, float]:
    """Return the mean over Fisher's z of some rhos, each of a number of epochs, and the interval about it."""
    if not rhos:
        return math.nan, math.nan, math.nan
    n = np.array(counts)
    most = 1 - 6 / (n**3 - n)
    z = np.arctanh(np.clip(rhos, -most, most))
    if len(z) < 2:
        return math.tanh(z.mean()), math.nan, math.nan
    half = stats.t.ppf((1 + LEVEL) / 2, len(z) - 1) * z.std(ddof=1) / math.sqrt(len(z))
    low, mean, high = np.tanh([z.mean() - half, z.mean(), z.mean() + half]).tolist()
    return mean, low, high
