"""PRD within bins of the condition, and its mean: Egorov & Rogachev 2023, equations (7), (8).

PRD-AUC of a space, over all events or as the mean over bins, is the score that chooses epochs and learning rates.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.metrics.features import POINTS
from showergan.metrics.measured import Measured
from showergan.metrics.metric import Metric, Part, Row, Stage
from showergan.metrics.pair import Pair
from showergan.metrics.prd import SCORES, PRDScores, comparable, prd_scores


def conditional_prd(
    real: ArrayLike,
    generated: ArrayLike,
    bins_real: ArrayLike,
    bins_generated: ArrayLike,
    n_bins: int,
    recipe: Evaluation,
) -> dict[str, dict[str, Measured]]:
    """Score every bin of the condition, all events together, and the mean over the bins.

    The mean is taken over the bins in which both samples have events, repeat by repeat; its deviation is that of the R
    means. Small bins stay in it, but are flagged: PRD-AUC falls with n even for equal distributions.

    Args:
        real: (n, d) real points, or integers, see `prd_scores`.
        generated: (m, d) generated points.
        bins_real: (n,) bin numbers in [0, n_bins).
        bins_generated: (m,) bin numbers.
        n_bins: number of bins; with 0 there is only the row "all", whatever the numbers.
        recipe: number of clusters K and of clusterings R in each bin; seed; how many events per cluster and side a bin
            needs, or it is flagged; treatment of empty bins, and of invalid rows, which are not dropped if no generated
            one is finite.

    Returns:
        By metric (`SCORES`), the rows "0" ... str(n_bins - 1), "all", "mean" and "unflagged", the mean over the bins
        that are not flagged. For means, n and clusters are the smallest over the bins used, and flagged is whether any
        bin is, or none is used. Values are NaN where no events can be compared, see `prd_scores`; such bins are left
        out of the mean as empty ones are.

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
    if recipe.invalid_rows == "drop":
        kept = [np.isfinite(sample).all(axis=1) for sample in samples]
        # Where all generated points would be dropped, they stay and score 0; so do those of undefined scores.
        if kept[1].any() and comparable(samples[0]):
            samples = [sample[finite] for sample, finite in zip(samples, kept, strict=True)]
            numbers = [number[finite] for number, finite in zip(numbers, kept, strict=True)]

    def score(parts: list[NDArray[np.number]], seed: int) -> PRDScores | None:
        if min(map(len, parts)) == 0:
            return None
        return prd_scores(*parts, clusters=recipe.clusters, repeats=recipe.repeats, seed=seed)

    n_min = recipe.events_per_cluster * recipe.clusters
    # One seed per row, so that no bin depends on the events of another.
    *seeds, last = np.random.SeedSequence(recipe.seed).generate_state(n_bins + 1).tolist()
    scores = [
        score([a[b == index] for a, b in zip(samples, numbers, strict=True)], state)
        for index, state in enumerate(seeds)
    ]
    rows = {str(index): [of_bin] for index, of_bin in enumerate(scores)}
    rows["all"] = [score(samples, last)]
    if n_bins:
        rows["mean"] = scores
        rows["unflagged"] = [of_bin for of_bin in scores if of_bin and of_bin.n >= n_min]
    found = {
        metric: {row: _mean(these, metric, n_min) for row, these in rows.items()}
        for metric in SCORES
    }
    if recipe.empty_bins == "zero":
        for of_rows in found.values():
            for index, of_bin in enumerate(scores):
                if of_bin is None:
                    of_rows[str(index)] = of_rows[str(index)]._replace(value=0.0)
            mean = np.mean([of_rows[str(index)].value for index in range(n_bins)])
            of_rows["mean"] = of_rows["mean"]._replace(value=float(mean))
    return found


def _mean(scores: list[PRDScores | None], name: str, n_min: int) -> Measured:
    """Average a score over bins: None is a bin without events, NaN one that cannot be compared."""
    used = [
        score for score in scores if score is not None and not np.isnan(getattr(score, name)).any()
    ]
    with_events = used or [score for score in scores if score is not None]
    n = min((score.n for score in with_events), default=0)
    clusters = min((score.clusters for score in with_events), default=0)
    flagged = len(used) < len(scores) or n < n_min
    if not used:
        return Measured(np.nan, np.nan, np.nan, n, clusters, flagged)
    means = np.mean([getattr(score, name) for score in used], axis=0)
    sd = float(means.std(ddof=1)) if len(means) > 1 else np.nan
    # Bins are resampled independently.
    squares = np.array([score.event_sd[name] for score in used]) ** 2
    event_sd = float(np.sqrt(squares.sum())) / len(used)
    return Measured(float(means.mean()), sd, event_sd, n, clusters, flagged)


def scores_over_epochs(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of PRD-AUC over all conditions and of its mean over bins, named "E" and "bins-E" in `score`.

    The metrics are of one or many runs, as `evaluate` writes them.
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


def _rows(pair: Pair) -> Iterator[Row]:
    n_bins = pair.reference_statistics.n_bins
    for space, samples in pair.points.items():
        found = conditional_prd(*samples, *pair.bins, n_bins, pair.recipe)
        for metric, rows in found.items():
            for row, measured in rows.items():
                yield metric, space, row, measured


PRD_AUC = Metric(
    name="prd_auc",
    definition="area under the precision-recall curve of distributions: Sajjadi et al. 2018; per bin: Egorov & "
    "Rogachev 2023",
    rows=_rows,
    spaces=(POINTS,),
    direction="higher",
    best=1,
    worst=0,
    stage=Stage.SELECTION,
    part=Part.DISTRIBUTIONS,
    place=10,
    shown={POINTS: {"all": "PRD-AUC: {space}", "mean": "PRD-AUC: bins-{space}"}},
)
F8 = replace(PRD_AUC, name="f8", definition="largest F_8 on that curve: recall", place=11, shown={})
F1_8 = replace(F8, name="f1_8", definition="largest F_1/8 on that curve: precision", place=12)
