"""PRD scores of a sample of showers with the settings of a recipe."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.metrics.conditional import conditional_prd
from showergan.metrics.prd import ANGLES, prd_scores
from showergan.tasks.showers.features import Features, Frame

COLUMNS = ["metric", "space", "bin", "value", "sd", "event_sd", "n", "clusters", "flagged"]
PRD_METRICS = ("prd_auc", "f8", "f1_8")
CURVE_POINTS = 101

_Array = NDArray[np.floating]


def measure_prd(real: Features, other: Features, frame: Frame, recipe: Evaluation) -> pd.DataFrame:
    """Return the conditional PRD scores of a sample; columns as for `measure`."""
    real_bins, other_bins = (frame.partition.assign(s.point) for s in (real, other))
    real_spaces, other_spaces = (prd_spaces(s, frame) for s in (real, other))
    tables = []
    for space in real_spaces:
        table = binned_prd(
            real_spaces[space],
            other_spaces[space],
            real_bins,
            other_bins,
            frame.partition.n_bins,
            recipe,
        )
        tables.append(_tidy(table, space))
    return pd.concat(tables, ignore_index=True)


def prd_curves(real: Features, other: Features, frame: Frame, recipe: Evaluation) -> pd.DataFrame:
    """Return the PRD curves of all events together: columns precision, recall and space, 101 points each."""
    real_spaces, other_spaces = (prd_spaces(s, frame) for s in (real, other))
    thinned = np.linspace(0, ANGLES - 1, CURVE_POINTS).round().astype(int)
    tables = []
    for space in real_spaces:
        scores = prd_scores(
            real_spaces[space],
            other_spaces[space],
            clusters=recipe.clusters,
            repeats=recipe.repeats,
            seed=recipe.seed,
        )
        curve = {"precision": scores.precision[thinned], "recall": scores.recall[thinned]}
        tables.append(pd.DataFrame(curve).assign(space=space))
    return pd.concat(tables, ignore_index=True)


def prd_spaces(features: Features, frame: Frame) -> dict[str, _Array]:
    """Return the features that PRD compares: E (n, 64), P (n, 4) and P_std (n, 4)."""
    statistics: dict[str, _Array] = {
        "P": features.quantities[:, :4],
        "P_std": frame.scale(features.quantities[:, :4]),
    }
    return {"E": features.embedding, **statistics} if features.embedding.size else statistics


def binned_prd(
    real: _Array,
    other: _Array,
    real_bins: NDArray[np.integer],
    other_bins: NDArray[np.integer],
    n_bins: int,
    recipe: Evaluation,
) -> pd.DataFrame:
    """Return `conditional_prd` with the settings of the recipe."""
    if recipe.invalid_rows == "drop":
        real_kept, other_kept = (np.isfinite(f).all(axis=1) for f in (real, other))
        real, real_bins = real[real_kept], real_bins[real_kept]
        other, other_bins = other[other_kept], other_bins[other_kept]
    table = conditional_prd(
        real,
        other,
        real_bins,
        other_bins,
        n_bins,
        clusters=recipe.clusters,
        repeats=recipe.repeats,
        n_min=recipe.events_per_cluster * recipe.clusters,
        seed=recipe.seed,
    )
    if recipe.empty_bins == "zero":
        scores = list(PRD_METRICS)
        single = table["bin"].str.isdigit()
        table.loc[single, scores] = table.loc[single, scores].fillna(0)
        table.loc[table["bin"] == "mean", scores] = table.loc[single, scores].mean().to_numpy()
    return table


def _tidy(table: pd.DataFrame, space: str) -> pd.DataFrame:
    """Turn one row per bin into one row per bin and metric."""
    shared = table[["bin", "n", "clusters", "flagged"]].assign(space=space)
    tables = [
        shared.assign(
            metric=metric,
            value=table[metric],
            sd=table[f"{metric}_sd"],
            event_sd=table[f"{metric}_event_sd"],
        )
        for metric in PRD_METRICS
    ]
    return pd.concat(tables, ignore_index=True)[COLUMNS]
