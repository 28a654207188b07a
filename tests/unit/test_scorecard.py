"""Scorecard, rank agreement and failures against runs made by hand."""

import numpy as np
import pandas as pd
import pytest

from showergan.comparison.failures import failures
from showergan.comparison.scorecard import position, rank_agreement, scorecard
from showergan.errors import UserError
from showergan.metrics.diversity import duplicates
from showergan.metrics.measured import Measured, mean_relative_difference
from showergan.metrics.neighbours import density_coverage
from showergan.metrics.prd import prd_scores
from showergan.metrics.quantities import separation_power
from showergan.metrics.two_sample import two_sample
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.reference_statistics import COUNTS

KEYS = ("architecture", "method", "learning_rates", "seed")


def table(quality, **counts):
    """Metrics of one sample; quality 1 is that of real showers, 0 the worst."""
    rows = [
        {
            "metric": entry.metric,
            "space": entry.space,
            "bin": entry.bin,
            "value": quality if METRICS[entry.metric].worst == 0 else 1 - quality,
        }
        for entry in METRICS.entries
    ]
    rows += [{"metric": name, "space": "counts", "bin": "all", "value": 0} for name in COUNTS]
    more = {"n_counts": 0, "mean": 1000.0, "diversity": 1.0, **counts}
    for row in rows:
        if row["metric"] in more:
            row["value"] = more[row["metric"]]
    rows += [
        {"metric": "prd_auc", "space": "E", "bin": "unflagged", "value": quality / 2},
        {"metric": "mean", "space": "total_energy_MeV", "bin": "all", "value": more["mean"]},
        {"metric": "diversity", "space": "high_level", "bin": "all", "value": more["diversity"]},
    ]
    return pd.DataFrame(rows).assign(sd=0.01, event_sd=0.02, n=100, spread=0.03)


def run(method, seed, *epochs):
    keys = dict(zip(KEYS, ("standard", method, "0.001_1e-05", str(seed)), strict=True))
    tables = [t.assign(epoch=i, split="test") for i, t in enumerate(epochs, 1)]
    rows = pd.concat([*tables, tables[0].assign(split="select", value=np.nan)])
    return rows.assign(**keys)


def summary(runs, epoch=1, chosen=True):
    return pd.DataFrame(
        [
            {**table.iloc[0][list(KEYS)], "seed": int(table["seed"].iloc[0]), "score": "bins-E",
             "selected_epoch": epoch, "chosen": chosen, "diverged": False}
            for table in runs
        ]
    )  # fmt: skip


ANCHORS = pd.concat(
    [
        table(1.0).assign(anchor="ceiling"),
        table(0.5).assign(anchor="shuffled"),
        table(0.0).assign(anchor="untrained"),
    ]
)


@pytest.mark.parametrize("twice", ["metrics", "thin bins", "anchors"])
def test_a_row_that_stands_twice_is_refused(twice):
    """It would be a second row of the scorecard, or a mean with the first."""
    one, anchors = run("sn", 1, table(1.0)), ANCHORS
    rows = one[one["split"] == "test"]
    again = {"metrics": rows[:1], "thin bins": rows[rows["bin"] == "unflagged"]}
    runs = [pd.concat([one, again.get(twice, one[:0])])]
    if twice == "anchors":
        anchors = pd.concat([anchors, anchors[anchors["anchor"] == "shuffled"][:1]])
    with pytest.raises(ValueError, match=r"duplicate|not unique|not a one-to-one"):
        scorecard(runs, anchors, summary([one]), "bins-E", METRICS)


def test_position_is_one_for_real_showers_and_zero_for_the_worst():
    runs = [run("sn", 1, table(1.0)), run("none", 1, table(0.0)), run("gp", 1, table(0.25))]
    card = scorecard(runs, ANCHORS, summary(runs), "bins-E", METRICS)
    assert len(card) == 3 * len(METRICS.entries)
    assert card["title"].is_unique is False
    positions = card.groupby("method")["position"]
    np.testing.assert_allclose(positions.get_group("sn"), 1)
    np.testing.assert_allclose(positions.get_group("none"), 0)
    np.testing.assert_allclose(positions.get_group("gp"), 0.25)
    assert (card["event_sd"] == 0.02).all()
    assert (card["ceiling_sd"] == 0.03).all()
    unflagged = card.set_index(["method", "title"])["unflagged"].dropna()
    assert unflagged.to_dict() == {
        (method, "PRD-AUC: bins-E"): q / 2 for method, q in (("sn", 1), ("none", 0), ("gp", 0.25))
    }


def test_bounded_metrics_end_where_a_sample_has_nothing_of_the_real_one():
    real = np.random.default_rng(0).normal(size=(200, 2))
    one = np.full_like(real, 1e3)
    nothing = mean_relative_difference([Measured(0.0)], [Measured(2.0)])
    density, coverage = density_coverage(real, one, seed=0)
    auc, jsd = two_sample(real, one, trainings=1, seed=0)
    found = {
        "prd_auc": prd_scores(real, one, clusters=2, repeats=1, seed=0).prd_auc[0],
        "density": density.value,
        "coverage": coverage.value,
        "duplicates": duplicates(real, one, seed=0).value,
        "classifier_auc": auc.value,
        "classifier_jsd": jsd.value,
        "separation_power": separation_power(real[:, 0], one[:, 0], seed=0).value,
        "response_error": nothing.value,
        "resolution_error": nothing.value,
    }
    bounded = {e.metric for e in METRICS.entries if METRICS[e.metric].worst is not None}
    assert bounded == set(found)
    for name in bounded:
        # The calibration of the classifier keeps its probabilities off 0 and 1.
        assert METRICS[name].worst == pytest.approx(found[name], abs=0.1), name


def test_position_without_a_ceiling_is_that_of_other_real_showers():
    runs = [run("sn", 1, table(0.25))]
    ends = ANCHORS.replace({"anchor": {"ceiling": "other_real"}})
    card = scorecard(runs, ends, summary(runs), "bins-E", METRICS)
    assert card[["ceiling", "ceiling_sd"]].isna().all(axis=None)
    np.testing.assert_allclose(card["position"], 0.25)


def test_far_negative_unbiased_distances_are_bad():
    card = pd.DataFrame({"metric": ["kpd", "fpd"]})
    ends = card.assign(ceiling=-0.01, other_real=np.nan, untrained=5.0)
    found = position(pd.Series([-1e30] * 2), ends, METRICS)
    assert (found < -1e20).all()


def test_the_epoch_is_the_selected_one():
    runs = [run("sn", 1, table(0.2), table(0.7))]
    card = scorecard(runs, ANCHORS, summary(runs, epoch=2), "bins-E", METRICS)
    assert (card["epoch"] == 2).all()
    np.testing.assert_allclose(card["position"], 0.7)


def test_a_run_without_a_row_in_the_summary_is_refused():
    runs = [run("sn", 1, table(0.2))]
    with pytest.raises(UserError, match="0 rows of the run"):
        scorecard([run("sn", 2, table(0.2))], ANCHORS, summary(runs), "bins-E", METRICS)


def test_metrics_that_order_methods_alike_agree():
    runs = [run(m, s, table(q)) for s in (1, 2) for m, q in (("a", 0.1), ("b", 0.5), ("c", 0.9))]
    card = scorecard(runs, ANCHORS, summary(runs), "bins-E", METRICS)
    density = card["title"] == "density"
    card.loc[density, "position"] *= -1
    card.loc[card["title"] == "coverage", "position"] = 0.3
    tau = rank_agreement(card).set_index(["metric", "other"])["tau"]
    assert tau["PRD-AUC: E", "FPD: E"] == pytest.approx(1)
    assert tau["density", "FPD: E"] == pytest.approx(-1)
    assert np.isnan(tau["coverage", "FPD: E"])
    assert (rank_agreement(card)["n_methods"] == 3).all()
    assert rank_agreement(card.assign(chosen=False)).empty


@pytest.mark.parametrize(
    ("counts", "failure"),
    [
        ({}, "none"),
        ({"n_not_finite": 1}, "not finite"),
        ({"n_clipped_cells": 2, "mean": 1e5}, "clipped, exploding"),
        ({"n_empty_image": 1}, "none"),
        ({"n_empty_image": 2}, "empty"),
        ({"mean": 9.9e3}, "none"),
        ({"mean": 10.1e3}, "exploding"),
        ({"diversity": 0.101}, "none"),
        ({"diversity": 0.099}, "collapsed"),
        ({"duplicates": 0.09}, "none"),
        ({"duplicates": 0.11}, "repeating"),
        ({"n_not_finite": 100, "mean": np.nan, "diversity": np.nan}, "not finite"),
    ],
)
def test_failures_are_named(counts, failure):
    calm = {"duplicates": 0.01}
    runs = [run("sn", 1, table(0.5, **calm), table(0.5, **(calm | counts)))]
    found = failures(runs, ANCHORS, summary(runs, epoch=2), "bins-E", METRICS)
    assert found["method"].tolist() == ["real", "sn"]
    row = found.iloc[1]
    assert row["failure"] == failure
    assert row["n_failed_epochs"] == (failure != "none")
    assert row["n"] == 100
    assert {*COUNTS, "energy_ratio", "diversity", "duplicates"} <= set(found)
