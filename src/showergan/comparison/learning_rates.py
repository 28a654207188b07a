"""Learning rates: the pairs that were tried, and the pair that is chosen."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.comparison.runs import METHOD, RUN
from showergan.errors import UserError

UNDEFINED = "undefined, for most real samples do not have what it looks at"


def learning_rate_grid(
    summary: pd.DataFrame, choose_by: str, own: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return one row per method and pair of learning rates that was tried.

    The columns: architecture, method, learning_rates; generator_rate, discriminator_rate; score; select_mean over
    seeds, those that diverged included; test_mean and test_sd of the selected epoch; n_seeds, and seeds, their names
    with blanks between; n_diverged; chosen, whether this pair is the method's, see `counted`.

    Args:
        summary: one row per run and score, of the runs that choose.
        choose_by: the score to show, whose select_mean chooses where no pair is a method's own.
        own: the pair of each method, named before training as in Egorov & Rogachev 2023, even if it was trained at
            further pairs. None: the pair with the largest select_mean, found by a search.

    Raises:
        UserError: that score is undefined for a run.
    """
    shown = summary[summary["score"] == choose_by]
    undefined = shown[shown["select"].isna()]
    if len(undefined):
        keys = " ".join(map(str, undefined[RUN].iloc[0]))
        known = summary.groupby("score")["select"].count()
        others = ", ".join(known.index[known == len(shown)]) or "no other"
        raise UserError(
            f"choose_by: {choose_by}: no evaluated epoch of {keys} has a value. Either too few samples are in a bin, "
            f"or it is {UNDEFINED}. Set choose_by to a score that every run has: {others}"
        )
    groups = shown.groupby(METHOD, sort=False)
    grid = pd.DataFrame(
        {
            "score": choose_by,
            "select_mean": groups["select"].mean(),
            "test_mean": groups["selected"].mean(),
            "test_sd": groups["selected"].std(ddof=1),
            "n_seeds": groups["seed"].nunique(),
            "seeds": groups["seed"].agg(lambda seeds: " ".join(map(str, seeds))),
            "n_diverged": groups["diverged"].sum(),
        }
    ).reset_index()
    if own is None:
        best = grid.groupby(METHOD[:2])["select_mean"].idxmax()
        grid["chosen"] = grid.index.isin(best)
    else:
        grid["chosen"] = grid["learning_rates"] == grid["method"].map(own)
    rates = grid["learning_rates"].str.split("_", expand=True).astype(float)
    grid.insert(3, "generator_rate", rates[0])
    grid.insert(4, "discriminator_rate", rates[1])
    return grid


def is_tried(runs: pd.DataFrame, grid: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of runs are of those that a grid of learning rates rests on."""
    seeds = grid["seeds"].str.split()
    tried = pd.MultiIndex.from_frame(grid[METHOD].assign(seed=seeds).explode("seed"))
    return pd.MultiIndex.from_frame(runs[RUN].astype({"seed": str})).isin(tried)


def counted(runs: pd.DataFrame, grid: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of runs methods are judged by: those at the pairs that are chosen in a grid.

    Where some of these are of other seeds than the grid, they alone: the best of several means owes a part to chance,
    and so a pair looks better than it is on the seeds that chose it.
    """
    chosen = pd.MultiIndex.from_frame(grid.loc[grid["chosen"].astype(bool), METHOD])
    at_chosen = pd.MultiIndex.from_frame(runs[METHOD]).isin(chosen)
    fresh = at_chosen & ~is_tried(runs, grid)
    return fresh if fresh.any() else at_chosen
