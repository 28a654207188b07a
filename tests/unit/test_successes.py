"""Outcomes of methods on architectures, and McNemar's test of them, against a count by hand."""

import itertools
import json
import math

import pandas as pd
import pytest
from drawn import table_of
from typer.testing import CliRunner

from showergan.cli import app
from showergan.comparison.successes import PUBLISHED, mcnemar, outcomes, successes
from showergan.errors import UserError
from showergan.report.style import Style

outcomes_table = table_of("outcomes")
successes_table = table_of("successes")


def summary_of(runs):
    """Return the summary of runs: (architecture, method, seed) to a score; the ceiling is 0.5."""
    rows = [
        {
            **{"architecture": a, "method": m, "learning_rates": "1_1", "seed": s},
            **{"score": "plane", "selected": value, "ceiling": 0.5, "other_real": 9.0},
            **{"chosen": True, "diverged": False},
        }
        for (a, m, s), value in runs.items()
    ]
    return pd.DataFrame(rows)


def failures_of(summary, **wrong):
    keys = summary[["architecture", "method", "learning_rates", "seed"]]
    names = keys["architecture"] + "_" + keys["method"]
    real = pd.DataFrame([{"method": "real", "failure": "none"}])
    return pd.concat([real, keys.assign(failure=[wrong.get(n, "none") for n in names])])


RUNS = {
    **{("a", "gan", 1): 0.45, ("a", "gan", 2): 0.35, ("a", "gp", 1): 0.1, ("a", "gp", 2): 0.1},
    **{("b", "gan", 1): 0.02, ("b", "gp", 1): 0.3},
    **{("c", "gan", 1): 0.05, ("c", "gp", 1): 0.35},
    **{("d", "gan", 1): math.nan, ("d", "gp", 1): 0.05},
}


@pytest.fixture
def table():
    summary = summary_of(RUNS)
    return outcomes(summary, failures_of(summary, c_gp="collapsed"), "plane", 0.2)


def test_outcomes_are_means_over_seeds_of_the_fraction_of_the_ceiling(table):
    found = table.set_index(["architecture", "method"])
    assert found.loc[("a", "gan"), "value"] == pytest.approx(0.4)
    assert found.loc[("a", "gan"), "fraction"] == pytest.approx(0.8)
    assert found.loc[("a", "gan"), "n_seeds"] == 2
    assert found["failure"].to_dict() == {
        ("a", "gan"): "none",
        ("a", "gp"): "none",  # exactly a fifth
        ("b", "gan"): "below",
        ("b", "gp"): "none",
        ("c", "gan"): "below",
        ("c", "gp"): "collapsed",
        ("d", "gan"): "below",  # no score at all
        ("d", "gp"): "below",
    }


def test_what_diverged_and_what_was_not_chosen():
    summary = summary_of(RUNS).assign(diverged=lambda t: t["architecture"] == "b")
    other = summary.assign(learning_rates="2_2", selected=0.5, chosen=False)
    both = pd.concat([summary, other, summary.assign(score="other", selected=0.0)])
    table = outcomes(both, failures_of(summary), "plane", 0.2)
    failure = table.set_index(["architecture", "method"])["failure"]
    assert failure["b", "gan"] == "below, diverged"
    assert failure["b", "gp"] == "diverged"
    assert table["fraction"].max() == pytest.approx(0.8)


@pytest.mark.parametrize(("rows", "count"), [(slice(-1), 0), ([*range(11), 10], 2)])
def test_a_run_needs_one_row_of_failures(rows, count):
    summary = summary_of(RUNS)
    whole = failures_of(summary)
    assert len(whole) == 11
    with pytest.raises(
        UserError, match=rf"failures: {count} rows of the run \('d', 'gp', '1_1', 1\)"
    ):
        outcomes(summary, whole.iloc[rows], "plane", 0.2)


def test_without_a_ceiling_other_real_samples_stand_for_it():
    summary = summary_of({("a", "gan", 1): 4.5}).assign(ceiling=math.nan)
    table = outcomes(summary, failures_of(summary), "plane", 0.2)
    assert table["fraction"].tolist() == [0.5]


def test_a_failed_run_without_a_score_counts_as_none_and_any_other_is_not_left_out():
    summary = summary_of({("a", "gan", 1): 0.4, ("a", "gan", 2): math.nan, ("b", "gan", 1): 0.4})
    failed = failures_of(summary, a_gan="collapsed")
    assert outcomes(summary, failed, "plane", 0.2)["fraction"].tolist() == [0.4, 0.8]
    found = outcomes(summary, failures_of(summary), "plane", 0.2)
    assert math.isnan(found["value"][0]) and found["failure"].tolist() == ["below", "none"]


def test_architectures_that_one_was_not_trained_on_count_for_neither():
    summary = summary_of({("a", "gan", 1): 0.4, ("a", "gp", 1): 0.4, ("b", "gp", 1): 0.4})
    counted = successes(outcomes(summary, failures_of(summary), "plane", 0.2), (0.5,))
    assert counted.loc[0, ["only_method", "only_other", "both", "n"]].tolist() == [0, 0, 1, 1]


def test_successes_are_counted(table):
    counted = successes(table, (0.1, 0.5, 0.7))
    ours = counted[counted["source"] == "ours"].set_index("threshold")
    columns = ["only_method", "only_other", "both", "neither", "n"]
    assert set(ours["method"]) == {"gan"} and set(ours["other"]) == {"gp"}
    # fractions of gan: 0.8, 0.04, 0.1, none; of gp: 0.2, 0.6, 0.7, 0.1
    assert ours.loc[0.1, columns].tolist() == [0, 2, 2, 0, 4]
    assert ours.loc[0.5, columns].tolist() == [1, 2, 0, 1, 4]
    assert ours.loc[0.7, columns].tolist() == [1, 1, 0, 2, 4]
    assert ours.loc[0.1, "p_value"] == pytest.approx(0.5)


def test_mcnemar_by_hand():
    """Of 8 pairs in which one succeeds alone, 1 or fewer for one: 2 (C(8, 0) + C(8, 1)) / 2^8."""
    assert mcnemar(1, 7) == mcnemar(7, 1) == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar(0, 8) == pytest.approx(2 / 2**8)
    assert mcnemar(3, 3) == mcnemar(0, 0) == 1


def test_published_counts_are_of_200_architectures(table):
    published = successes(table, ()).set_index("threshold")
    assert (published["source"] == "published").all()
    assert (published["n"] == 200).all()
    assert published.loc[3.0, ["only_method", "only_other"]].tolist() == [1, 88]
    assert published.loc[3.0, "p_value"] < 1e-20
    assert published.loc[9.0, "p_value"] == 1
    assert PUBLISHED[7.0] == (1, 104, 5, 90)


def test_every_two_methods_are_compared(table):
    third = table[table["method"] == "gan"].assign(method="sn")
    counted = successes(pd.concat([table, third]), (0.5,))
    ours = counted[counted["source"] == "ours"]
    pairs = list(zip(ours["method"], ours["other"], strict=True))
    assert pairs == list(itertools.combinations(["gan", "gp", "sn"], 2))


def test_the_step_reads_and_writes(tmp_path):
    summary = summary_of(RUNS)
    summary.to_csv(tmp_path / "summary.csv")
    failures_of(summary).to_csv(tmp_path / "failures.csv")
    paths = {"summary": "summary", "failures": "failures", "out": "o", "successes": "s"}
    options = [w for o, n in paths.items() for w in (f"--{o}", str(tmp_path / f"{n}.csv"))]
    recipe = {"choose_by": "plane", "thresholds": [0.5], "failed_below": 0.3}
    done = CliRunner().invoke(app, ["outcomes", *options, "--recipe", json.dumps(recipe)])
    assert done.exit_code == 0, done.output
    failure = pd.read_csv(tmp_path / "o.csv").set_index(["architecture", "method"])["failure"]
    assert failure["a", "gp"] == "below"
    counted = pd.read_csv(tmp_path / "s.csv")
    assert counted["source"].tolist() == ["ours"] + 5 * ["published"]


def test_tables_name_methods_and_architectures(table):
    labels = {"gp": "WGAN-GP", "gan": "GAN"}
    style = Style(labels=labels, architectures={"b": "deep", "a": "flat"})
    ((title, part),) = outcomes_table(style, table).parts.items()
    assert title == "PRD-AUC (plane) over its ceiling"
    assert part.columns.tolist() == ["architecture", "WGAN-GP", "GAN"]
    assert part.to_numpy().tolist() == [
        ["deep", "0.60", "0.04 (below)"],
        ["flat", "0.20", "0.80"],
    ]
    parts = successes_table(style, successes(table, (0.5,))).parts
    assert list(parts) == [
        "GAN and WGAN-GP on 4 architectures",
        "Gulrajani et al. 2017, table 2: GAN and WGAN-GP on 200 architectures",
    ]
    row = parts["GAN and WGAN-GP on 4 architectures"].iloc[0]
    assert row.tolist() == ["0.5", "1", "2", "0", "1", "1.000"]
