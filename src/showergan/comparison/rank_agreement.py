"""Whether the metrics put the methods in the same order."""

import math

import numpy as np
import pandas as pd
from scipy import stats


def rank_agreement(card: pd.DataFrame) -> pd.DataFrame:
    """Ask of every two metrics whether they put the methods in the same order.

    Args:
        card: as `scorecard` returns it; only chosen learning rates count.

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
