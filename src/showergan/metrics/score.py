"""The score that chooses among epochs and learning rates: PRD-AUC of a space, of all events or the mean over bins."""

from typing import cast

import numpy as np
import pandas as pd

from showergan.metrics.conditional_prd import PRD_AUC


def scores_over_epochs(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return PRD-AUC over all conditions ("E") and averaged over bins ("bins-E") per epoch and split.

    Args:
        metrics: as `evaluate` writes it, of one or many runs.

    Returns:
        The rows of those scores with their name in the column `score`.
    """
    rows = metrics[(metrics["metric"] == PRD_AUC.name) & metrics["bin"].isin(["all", "mean"])]
    prefix = np.where(rows["bin"] == "mean", "bins-", "")
    return rows.assign(score=prefix + rows["space"])


def means_over_unflagged(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return PRD-AUC averaged over the bins that are not thin, with its name (for example bins-E) in `score`."""
    rows = metrics[(metrics["metric"] == PRD_AUC.name) & (metrics["bin"] == "unflagged")]
    return rows.assign(score="bins-" + rows["space"])


def best_epoch(values: pd.Series) -> int | None:
    """Return the first epoch with the largest value, values by epoch; None where none has a value."""
    return None if values.isna().all() else cast(int, values.idxmax())
