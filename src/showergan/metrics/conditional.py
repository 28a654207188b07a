"""PRD within bins of the condition, and its mean: Egorov & Rogachev 2023, equations (7), (8)."""

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray

from showergan.errors import UserError
from showergan.metrics.kmeans import Algorithm
from showergan.metrics.prd import PRDScores, prd_scores

_COLUMNS = [
    "bin",
    "n",
    "clusters",
    "repeats",
    "prd_auc",
    "prd_auc_sd",
    "f8",
    "f1_8",
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
    algorithm: Algorithm = "minibatch",
    device: torch.device | str = "cpu",
) -> pd.DataFrame:
    """Score every bin of the condition, all events together, and the mean over the bins.

    The mean is taken over the bins in which both samples have events, repeat by repeat; its
    deviation is that of the R means. Small bins stay in it, but are flagged: PRD-AUC falls with n
    even for equal distributions.

    Args:
        real: (n, d) real points.
        generated: (m, d) generated points.
        bins_real: (n,) bin numbers in [0, n_bins).
        bins_generated: (m,) bin numbers.
        n_bins: Number of bins.
        clusters: Number of clusters K.
        repeats: Number R of clusterings in each bin.
        n_min: Bins with fewer events per side are flagged.
        seed: Seed of everything random.
        algorithm: See `cluster_histograms`.
        device: Where to compute.

    Returns:
        Rows "0" ... str(n_bins - 1), "all" and "mean" with the columns
        bin;
        n, events compared per side (mean: the smallest over the bins used);
        clusters, the number used (mean: likewise); repeats;
        prd_auc, its deviation prd_auc_sd over the repeats (n - 1), f8 and f1_8, NaN where no
        events can be compared;
        flagged, n < n_min (mean: whether any bin is);
        n_invalid_generated, generated rows with non-finite entries (mean: their sum);
        n_bins_used, bins behind the row.

    Raises:
        UserError: If counts disagree, a bin number is out of range or a sample is empty.
    """
    samples = [np.asarray(a, dtype=np.float64) for a in (real, generated)]
    numbers = [np.asarray(b) for b in (bins_real, bins_generated)]
    for sample, number in zip(samples, numbers, strict=True):
        if number.shape != (len(sample),):
            raise UserError(f"conditional PRD: {len(sample)} points, bins of shape {number.shape}")
        if len(number) and (number.min() < 0 or number.max() >= n_bins):
            raise UserError(f"conditional PRD: a bin number lies outside [0, {n_bins})")

    def score(selection: list[NDArray[np.float64]], seed: int) -> PRDScores | None:
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
    rows += [_row("all", [everything], n_min), _row("mean", scores, n_min)]
    return pd.DataFrame(rows).assign(repeats=repeats)[_COLUMNS]


def _row(name: str, scores: list[PRDScores | None], n_min: int) -> dict[str, object]:
    """Average the scores of bins; None stands for a bin without events."""
    used = [score for score in scores if score is not None]
    n = min((score.n for score in used), default=0)

    def mean(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.mean(values, axis=0) if values else np.array([np.nan])

    auc = mean([score.auc for score in used])
    return {
        "bin": name,
        "n": n,
        "clusters": min((score.clusters for score in used), default=0),
        "prd_auc": auc.mean(),
        "prd_auc_sd": auc.std(ddof=1) if len(auc) > 1 else np.nan,
        "f8": mean([score.f8 for score in used]).mean(),
        "f1_8": mean([score.f1_8 for score in used]).mean(),
        "flagged": len(used) < len(scores) or n < n_min,
        "n_invalid_generated": sum(score.n_invalid_generated for score in used),
        "n_bins_used": len(used),
    }
