"""Summary: a row per run and score, with the best epoch, the epoch chosen on select and the last epoch."""

import numpy as np
import pandas as pd

from showergan.comparison.learning_rates import counted, is_tried
from showergan.comparison.runs import RUN, Runs
from showergan.metrics.conditional_prd import means_over_unflagged, scores_over_epochs
from showergan.metrics.features import DIVERGED, NOT_FINITE
from showergan.metrics.metric import ANCHORS, CEILING, OTHER_REAL


def real_anchor(anchors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of real samples: the ceiling or, where there is none, other real samples."""
    return anchors[anchors["anchor"].isin([CEILING, OTHER_REAL])]


def summarise_runs(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return one row per run and score.

    The columns: those of a run; score; select, the value on select at its best epoch there; max and max_epoch, the
    maximum over the evaluated epochs on test as in Egorov & Rogachev 2023; mean, that over these epochs; selected
    and selected_epoch, the value on test at the epoch that is best on select; selected_sd, its spread over the
    k-means repeats, and selected_event_sd, over bootstrap samples of the events; unflagged, a mean over bins
    without the thin ones; last and last_epoch; n and clusters of the value; n_epochs evaluated; diverged, whether
    the training did, or a generator gave values that are not numbers. Values of a score that is undefined are NaN.

    Raises:
        ValueError: An epoch is missing on select or on test, or twice there.
    """
    runs = metrics[RUN].drop_duplicates(ignore_index=True)
    number = metrics.groupby(RUN, sort=False).ngroup()
    metrics = metrics.assign(run=number)
    score, at = ["run", "score"], ["run", "score", "epoch"]
    scores = scores_over_epochs(metrics)
    select, test = (
        scores[scores["split"] == split].set_index(at).sort_index() for split in ("select", "test")
    )
    if not (select.index.is_unique and select.index.equals(test.index)):
        raise ValueError("select and test are not of the same runs, scores and epochs")
    # If a score is undefined at all epochs, the first epoch is taken.
    best, best_on_test = (
        list(values.fillna(-np.inf).groupby(level=score).idxmax())
        for values in (select["value"], test["value"])
    )
    selected = test.loc[best].reset_index()
    by_epoch = test.reset_index("epoch").groupby(level=score)
    known = by_epoch["value"].count() == by_epoch.size()  # else a mean would be of some epochs
    last = test.groupby(level=score).tail(1).reset_index()
    unflagged = means_over_unflagged(metrics).set_index(["split", *at])["value"]
    broken = metrics["metric"].isin([NOT_FINITE, DIVERGED]) & (metrics["value"] > 0)
    rows = pd.DataFrame(
        {
            "score": selected["score"],
            "select": select.loc[best, "value"].array,
            "max": test.loc[best_on_test, "value"].array,
            "max_epoch": [epoch for *_, epoch in best_on_test],
            "mean": by_epoch["value"].mean().where(known).array,
            "selected": selected["value"],
            "selected_epoch": selected["epoch"],
            "selected_sd": selected["sd"],
            "selected_event_sd": selected["event_sd"],
            "unflagged": unflagged.reindex([("test", *key) for key in best]).array,
            "last": last["value"],
            "last_epoch": last["epoch"],
            "n": selected["n"].astype(int),
            "clusters": by_epoch["clusters"].first().astype(int).array,
            "n_epochs": by_epoch.size().array,
            "diverged": broken.groupby(number).any()[selected["run"]].array,
        }
    )
    return pd.concat([runs.loc[selected["run"]].reset_index(drop=True), rows], axis=1)


def summarise(runs: Runs, anchors: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the summaries of all runs with the anchors that they are compared with.

    The further columns: ceiling, other_real, shuffled and untrained, see `anchors`, NaN where there is none;
    ceiling_sd, its spread over draws; fraction_of_ceiling of the selected epoch; tried, whether the run is one that a
    grid of learning rates rests on; chosen, whether its method is judged by it, see `counted`.
    """
    summary = pd.concat(map(summarise_runs, runs), ignore_index=True)
    ends = scores_over_epochs(anchors)
    for name in ANCHORS:
        rows = ends[ends["anchor"] == name].set_index("score")
        summary[name] = summary["score"].map(rows["value"])
        if name == CEILING:
            summary["ceiling_sd"] = summary["score"].map(rows["spread"])
    summary["fraction_of_ceiling"] = summary["selected"] / summary["ceiling"]
    summary["tried"] = is_tried(summary, grid)
    summary["chosen"] = counted(summary, grid)
    return summary
