"""Scorecard: every run in every metric, each on a scale from the worst to what real showers get."""

import math

import numpy as np
import pandas as pd
from scipy import stats

from showergan.comparison.runs import RUN, Runs, of_runs
from showergan.metrics.features import NOT_FINITE, UNSCALED
from showergan.metrics.metric import ANCHORS, CEILING, KEY, Registry


def scorecard(
    runs: Runs, anchors: pd.DataFrame, summary: pd.DataFrame, choose_by: str, registry: Registry
) -> pd.DataFrame:
    """Return every metric of every run on test, at the epoch that was chosen on select.

    `choose_by` is the score of the summary that chooses the epoch.

    Returns:
        One row per run and metric; for generated samples that were scaled also a row before scaling, whose space begins
        with "unscaled_" and whose title ends in ", unscaled": architecture, method, learning_rates, seed; chosen;
        diverged, see `summarise_runs`; epoch; metric, space, bin, title; value, sd, event_sd, n; unflagged, a mean over
        bins without the thin ones; ceiling, other_real, shuffled and untrained, see `anchors`, NaN where there is none;
        ceiling_sd, its spread over draws; position, see `position`: the worst if no generated sample is a number.
    """
    entries = pd.DataFrame(registry.entries)
    # Not every task has every space.
    measured = anchors.set_index(KEY).index
    entries = entries[entries.set_index(KEY).index.isin(measured)]
    # Unscaled samples are judged on the same scale as scaled ones.
    before = anchors.assign(space=UNSCALED + anchors["space"])
    unscaled = entries.assign(space=UNSCALED + entries["space"])
    unscaled["title"] += ", unscaled"
    anchors = pd.concat([anchors, before], ignore_index=True)
    ends = anchors.pivot(index=KEY, columns="anchor", values="value").reindex(columns=ANCHORS)
    ends["ceiling_sd"] = anchors[anchors["anchor"] == CEILING].set_index(KEY)["spread"]
    selected = selected_epochs(summary, choose_by)

    def judged(metrics: pd.DataFrame) -> pd.DataFrame:
        runs = of_runs(metrics, selected, "summary")
        rows = metrics[metrics["split"] == "test"].merge(runs[[*RUN, "epoch"]])
        nothing = rows[(rows["metric"] == NOT_FINITE) & (rows["value"] == rows["n"])][RUN]
        thick = rows[rows["bin"] == "unflagged"].assign(bin="mean")
        thick = thick.rename(columns={"value": "unflagged"})
        key = [*RUN, *KEY]
        found = unscaled[unscaled.set_index(KEY).index.isin(rows.set_index(KEY).index)]
        shown = pd.concat([entries, found]).sort_index(kind="stable")
        table = (
            runs.merge(shown, how="cross")
            .merge(rows.drop(columns="epoch"), on=key, how="left", validate="one_to_one")
            .merge(thick[[*key, "unflagged"]], on=key, how="left", validate="one_to_one")
            .merge(ends.reset_index(), on=KEY, how="left")
            .merge(nothing.drop_duplicates().assign(nothing=True), on=RUN, how="left")
        )
        missed = table["nothing"].notna() & table["value"].isna()
        placed = table["value"].mask(missed, _worst(table, registry))
        table["position"] = position(placed, table, registry)
        values = ["value", "sd", "event_sd", "n", "unflagged", *ANCHORS, "ceiling_sd", "position"]
        return table[[*RUN, "chosen", "diverged", "epoch", *KEY, "title", *values]]

    return pd.concat(map(judged, runs), ignore_index=True)


def position(value: pd.Series, card: pd.DataFrame, registry: Registry) -> pd.Series:
    """Return where values lie between the worst, 0, and what real showers get, 1.

    The latter is the ceiling or, without one, what other real samples get, which a generator may pass. Values beyond an
    end lie beyond 0 or 1. For a metric with a target, such as the unbiased distances FPD and KPD, the distance from the
    target counts.

    The card has metric, ceiling, other_real and untrained of the values, row by row.
    """
    metrics = [registry[name] for name in card["metric"]]
    targets = [metric.best if metric.direction == "target" else None for metric in metrics]
    target = pd.Series(targets, card.index, dtype=float)

    def distance(values: pd.Series) -> pd.Series:
        return values.where(target.isna(), (values - target).abs())

    worst = distance(_worst(card, registry))
    best = distance(card["ceiling"].fillna(card["other_real"]))
    return (distance(value) - worst) / (best - worst)


def _worst(card: pd.DataFrame, registry: Registry) -> pd.Series:
    """Return the value at which the scale of each row's metric ends."""
    ends = [registry[name].worst for name in card["metric"]]
    return pd.Series(ends, card.index, dtype=float).fillna(card["untrained"])


def selected_epochs(summary: pd.DataFrame, score: str) -> pd.DataFrame:
    """Return epoch, the one chosen on select by a score, chosen and diverged of every run."""
    rows = summary[summary["score"] == score].rename(columns={"selected_epoch": "epoch"})
    # In a table read from a file they need not be strings.
    return rows[[*RUN, "chosen", "diverged", "epoch"]].astype(dict.fromkeys(RUN, str))


def rank_agreement(card: pd.DataFrame) -> pd.DataFrame:
    """Return the agreement of every two metrics on the order of the methods at their chosen learning rates.

    Returns:
        One row per architecture and pair of metrics: tau, Kendall's tau-b (Kendall 1945) of the methods' mean
        positions over seeds, 1 for the same order; n_methods that both metrics judge. NaN below two methods or where
        a metric ties all.
    """
    rows = []
    chosen = card[card["chosen"].astype(bool)]
    for architecture, part in chosen.groupby("architecture", sort=False):
        means = part.pivot_table("position", "method", "title", dropna=False)
        titles = [title for title in part["title"].unique() if title in means]
        for a in titles:
            for b in titles:
                both = means[[a, b]].dropna().to_numpy()
                varied = len(both) > 1 and bool((np.ptp(both, axis=0) > 0).all())
                tau = stats.kendalltau(both[:, 0], both[:, -1]).statistic if varied else math.nan
                rows.append((architecture, a, b, tau, len(both)))
    return pd.DataFrame(rows, columns=["architecture", "metric", "other", "tau", "n_methods"])
