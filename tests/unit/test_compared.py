"""What methods are compared by: positions of the scorecard beside scores, and which runs failed."""

import numpy as np
import pandas as pd
import pytest

from showergan.comparison.compared import compared
from showergan.errors import UserError

KEYS = {"architecture": "small", "method": "sn", "learning_rates": "0.001_0.001"}
SEEDS = [1, 2, 3]


def make_summary(**values):
    """Return a summary of a run per seed with some scores."""
    rows = [
        {**KEYS, "seed": seed, "score": score, "chosen": True, "diverged": False}
        | dict.fromkeys(["selected", "mean", "max", "last"], value)
        for score, of_seeds in values.items()
        for seed, value in zip(SEEDS, of_seeds, strict=True)
    ]
    return pd.DataFrame(rows)


def make_card():
    card = make_summary(AUC=[0.8, 0.9, np.nan]).rename(columns={"score": "title"})
    return card.assign(position=[0.4, 0.2, 0.0], seed=["1", "2", "3"])


def make_failures(*failures):
    real = {"method": "real", "failure": "none"}
    runs = [{**KEYS, "seed": seed, "failure": f} for seed, f in zip(SEEDS, failures, strict=True)]
    return pd.DataFrame([real, *runs])


def test_failed_runs_are_marked():
    """Whatever went wrong; a seed read beside the row of real samples is a fraction."""
    runs = compared(
        make_summary(E=[0.9, 0.8, 0.1]), make_failures("none", "collapsed", "diverged"), make_card()
    )
    assert runs["failed"].tolist() == [False, True, True]
    assert runs["selected"].tolist() == [0.9, 0.8, 0.1]
    assert runs["seed"].tolist() == SEEDS


def test_a_failed_run_without_a_value_has_the_worst():
    """But for a score that no run has a value of, and for runs that did not fail."""
    nan = np.nan
    summary = make_summary(E=[0.9, nan, nan], P=[nan, nan, nan])
    runs = compared(summary, make_failures("none", "not finite", "none"), make_card())
    assert runs["selected"].tolist() == pytest.approx([0.9, 0.0, *[nan] * 4], nan_ok=True)
    assert runs["last"].tolist() == pytest.approx([0.9, 0.0, *[nan] * 4], nan_ok=True)


def test_positions_are_scores_of_their_own():
    found = make_failures("none", "none", "diverged")
    runs = compared(make_summary(E=[0.9, 0.8, 0.1]), found, make_card(), ["AUC"])
    own = runs[runs["score"] == "position: AUC"]
    for column in ("selected", "mean", "last"):
        assert own[column].tolist() == [0.4, 0.2, 0.0]
    assert own["failed"].tolist() == [False, False, True]
    assert own["chosen"].all() and own[list(KEYS)].drop_duplicates().to_dict("records") == [KEYS]


def test_positions_belong_to_the_grid_as_the_scores_of_their_runs_do():
    summary = make_summary(E=[0.9, 0.8, 0.1]).assign(tried=[True, False, True])
    runs = compared(summary, make_failures(*["none"] * 3), make_card(), ["AUC"])
    own = runs[runs["score"] == "position: AUC"]
    assert own["tried"].tolist() == [True, False, True]


def test_a_metric_that_there_is_not():
    with pytest.raises(
        UserError, match=r"compare\.positions: no metric is called 'AUK'; there are AUC"
    ):
        compared(make_summary(E=[1, 1, 1]), make_failures(*["none"] * 3), make_card(), ["AUK"])


def test_a_run_whose_failures_are_not_known():
    with pytest.raises(UserError, match="failures: 0 rows of the run"):
        compared(make_summary(E=[1, 1, 1]), make_failures(*["none"] * 3).iloc[:-1], make_card())
