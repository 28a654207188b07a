"""PRD within bins of the condition, and its mean: Egorov & Rogachev 2023, equations (7), (8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.metric import POINTS, Asked, Metric, Part, Row
from showergan.metrics.pair import Pair
from showergan.metrics.prd import PRDScores, prd_scores

if TYPE_CHECKING:
    import torch

    from showergan.metrics.clustering import Algorithm


class OfClusters(NamedTuple):
    """A `Measured` of PRD, with the number of clusters and whether n is too few for it."""

    value: float
    sd: float
    event_sd: float
    n: int
    clusters: int
    flagged: bool


SCORES = ("prd_auc", "f8", "f1_8")

_COLUMNS = [
    "bin",
    "n",
    "clusters",
    "repeats",
    *(f"{score}{kind}" for score in SCORES for kind in ("", "_sd", "_event_sd")),
    "flagged",
    "n_invalid_generated",
    "n_bins_used",
]


def conditional_prd(
    real: ArrayLike,
    generated: ArrayLike,
    bins_real: ArrayLike,
    bins_generated: ArrayLike,
    n_bins: int,
    *,
    clusters: int,
    repeats: int,
    n_min: int,
    seed: int,
    empty_bins: Literal["nan", "zero"] = "nan",
    invalid_rows: Literal["cluster", "drop"] = "cluster",
    algorithm: Algorithm = "minibatch",
    device: torch.device | str = "cpu",
) -> pd.DataFrame:
    """Score every bin of the condition, all events together, and the mean over the bins.

    The mean is taken over the bins in which both samples have events, repeat by repeat; its
    deviation is that of the R means. Small bins stay in it, but are flagged: PRD-AUC falls with n
    even for equal distributions.

    Args:
        real: (n, d) real points, or integers, see `prd_scores`.
        generated: (m, d) generated points.
        bins_real: (n,) bin numbers in [0, n_bins).
        bins_generated: (m,) bin numbers.
        n_bins: Number of bins; with 0 there is only the row "all", whatever the numbers.
        clusters: Number of clusters K.
        repeats: Number R of clusterings in each bin.
        n_min: Bins with fewer events per side are flagged.
        seed: Seed of everything random.
        empty_bins: Bins without events: left out of the mean, or 0 as in the published code.
        invalid_rows: Points that are not finite: a cluster of their own, or dropped as in the published code.
        algorithm: See `cluster_histograms`.
        device: Where to compute.

    Returns:
        Rows "0" ... str(n_bins - 1), "all", "mean" and "unflagged", the mean over the bins that are not flagged, with
        the columns
        bin;
        n, events compared per side (means: the smallest over the bins used);
        clusters, the number used (means: likewise); repeats;
        prd_auc, its deviation prd_auc_sd over the repeats (n - 1) and prd_auc_event_sd over
        bootstrap samples of the events, and likewise f8 and f1_8; NaN where no events can be
        compared;
        flagged, n < n_min (means: whether any bin is, or none is used);
        n_invalid_generated, generated rows with non-finite entries (means: their sum);
        n_bins_used, bins behind the row.

    Raises:
        UserError: If counts disagree, a bin number is out of range or a sample is empty.
    """
    samples = [np.asarray(a) for a in (real, generated)]
    numbers = [np.asarray(b) for b in (bins_real, bins_generated)]
    for sample, number in zip(samples, numbers, strict=True):
        if number.shape != (len(sample),):
            raise UserError(f"conditional PRD: {len(sample)} points, bins of shape {number.shape}")
        if n_bins and len(number) and (number.min() < 0 or number.max() >= n_bins):
            raise UserError(f"conditional PRD: a bin number lies outside [0, {n_bins})")
    if invalid_rows == "drop":
        kept = [np.isfinite(sample).all(axis=1) for sample in samples]
        samples = [sample[finite] for sample, finite in zip(samples, kept, strict=True)]
        numbers = [number[finite] for number, finite in zip(numbers, kept, strict=True)]

    def score(selection: list[NDArray[np.number]], seed: int) -> PRDScores | None:
        if min(map(len, selection)) == 0:
            return None
        return prd_scores(
            *selection,
            clusters=clusters,
            repeats=repeats,
            seed=seed,
            algorithm=algorithm,
            device=device,
        )

    # One seed per row, so that no bin depends on the events of another.
    seeds = np.random.SeedSequence(seed).generate_state(n_bins + 1).tolist()
    scores = [
        score([a[b == index] for a, b in zip(samples, numbers, strict=True)], seeds[index])
        for index in range(n_bins)
    ]
    everything = score(samples, seeds[n_bins])

    rows = [_row(str(index), [scores[index]], n_min) for index in range(n_bins)]
    enough = [score for score in scores if score is not None and score.n >= n_min]
    rows += [
        _row("all", [everything], n_min),
        _row("mean", scores, n_min),
        _row("unflagged", list(enough), n_min),
    ]
    table = pd.DataFrame(rows).assign(repeats=repeats)[_COLUMNS]
    if empty_bins == "zero":
        single, scored = table["bin"].str.isdigit(), list(SCORES)
        table.loc[single, scored] = table.loc[single, scored].fillna(0)
        table.loc[table["bin"] == "mean", scored] = table.loc[single, scored].mean().to_numpy()
    return table if n_bins else table[table["bin"] == "all"]


def _row(name: str, scores: list[PRDScores | None], n_min: int) -> dict[str, object]:
    """Average the scores of bins; None stands for a bin without events."""
    used = [score for score in scores if score is not None]
    n = min((score.n for score in used), default=0)

    row: dict[str, object] = {
        "bin": name,
        "n": n,
        "clusters": min((score.clusters for score in used), default=0),
        "flagged": len(used) < len(scores) or n < n_min,
        "n_invalid_generated": sum(score.n_invalid_generated for score in used),
        "n_bins_used": len(used),
    }
    for column, attribute in zip(SCORES, ("auc", "f8", "f1_8"), strict=True):
        values = np.array([getattr(score, attribute) for score in used])
        event_sds = np.array([getattr(score.event_sd, attribute) for score in used])
        mean = values.mean(axis=0) if used else np.array([np.nan])
        row[column] = mean.mean()
        row[f"{column}_sd"] = mean.std(ddof=1) if len(mean) > 1 else np.nan
        # Bins are resampled independently.
        row[f"{column}_event_sd"] = np.sqrt((event_sds**2).sum()) / len(used) if used else np.nan
    return row


def _rows(pair: Pair) -> Iterator[Row]:
    recipe = pair.recipe
    for space, (real, other) in pair.points.items():
        table = conditional_prd(
            real,
            other,
            *pair.bins,
            pair.yardstick.n_bins,
            clusters=recipe.clusters,
            repeats=recipe.repeats,
            n_min=recipe.events_per_cluster * recipe.clusters,
            seed=recipe.seed,
            empty_bins=recipe.empty_bins,
            invalid_rows=recipe.invalid_rows,
        )
        for score in SCORES:
            columns = [score, f"{score}_sd", f"{score}_event_sd", "n", "clusters", "flagged"]
            for bin_, *value in table[["bin", *columns]].itertuples(index=False):
                yield score, space, bin_, OfClusters(*value)


def _metric(name: str, definition: str, place: int, shown: dict[str, str]) -> Metric:
    return Metric(
        name=name,
        definition=definition,
        rows=_rows,
        spaces=(POINTS,),
        direction="higher",
        best=1,
        worst=0,
        asked=Asked.CHOICE,
        part=Part.DISTRIBUTIONS,
        place=place,
        shown={POINTS: shown},
    )


PRD_AUC = _metric(
    "prd_auc",
    "area under the precision-recall curve of distributions: Sajjadi et al. 2018; per bin: Egorov & Rogachev 2023",
    10,
    {"all": "PRD-AUC: {space}", "mean": "PRD-AUC: bins-{space}"},
)
F8 = _metric("f8", "largest F_8 on that curve: recall", 11, {})
F1_8 = _metric("f1_8", "largest F_1/8 on that curve: precision", 12, {})
