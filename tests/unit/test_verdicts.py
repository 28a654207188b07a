"""Verdicts against sums by hand, brute force and published tables."""

import itertools

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, table_of
from judged import ranks, verdicts
from three_methods import LABELS

from showergan.comparison.verdicts import (
    RANKS,
    VERDICTS,
    critical_difference,
    holm,
    probability_of_improvement,
)
from showergan.errors import UserError
from showergan.report.figures.critical_difference import joined
from showergan.report.table_files import save_table

draw_ranks = figure_of("critical_difference")
differences = figure_of("differences")
verdict_table = table_of("verdicts")

pytestmark = pytest.mark.usefixtures("no_warnings")

SCORES = ("E", "bins-E", "bins-P", "P_std")


def make_summary(values, scores=("bins-E",)):
    """Return a summary with values[method] over the seeds 1, 2, ...; None leaves a run out."""
    rows = [
        {
            "architecture": "standard",
            "method": method,
            "learning_rates": "0.001_1e-05",
            "seed": seed,
            "score": score,
            "selected": value,
            "max": value + 0.1,
        }
        for score in scores
        for method, column in values.items()
        for seed, value in enumerate(column, 1)
        if value is not None
    ]
    return pd.DataFrame(rows)


def random_summary(n_seeds, scores=SCORES):
    rng = np.random.default_rng(0)
    return make_summary({m: rng.normal(0.7, 0.05, n_seeds) for m in LABELS}, scores)


def brute_force_p(difference):
    """Return the share of all sign flips whose mean is at least as far from 0."""
    flips = np.array(list(itertools.product([1, -1], repeat=len(difference))))
    means = np.abs((flips * difference).mean(axis=1))
    return np.mean(means >= abs(np.mean(difference)) - 1e-12)


class TestNoise:
    def test_equal_methods_are_within_it(self):
        """A mean difference of methods that do not differ is within two floors as often as a Gaussian within two sd."""
        rng = np.random.default_rng(1)
        methods = ["sn", "sn_null", *(f"m{i}" for i in range(400))]
        table = verdicts(make_summary({m: rng.normal(0.5, 0.1, 60) for m in methods}), resamples=10)
        others = table[table["method"] != "sn_null"]
        assert (others["noise_floor"] == others["noise_floor"].iloc[0]).all()
        assert others["noise_floor"].iloc[0] == pytest.approx(0.1 * (2 / 60) ** 0.5, rel=0.2)
        assert others["within_noise"].mean() == pytest.approx(0.954, abs=0.06)

    def test_a_real_difference_is_not(self):
        values = {"sn": [0.5, 0.6, 0.7], "sn_null": [0.51, 0.58, 0.72], "none": [0.1, 0.2, 0.3]}
        table = verdicts(make_summary(values)).set_index("method")
        assert table.loc["none", "noise_floor"] == pytest.approx(0.03 / 3)  # sqrt(1 + 4 + 4) = 3
        assert not table.loc["none", "within_noise"]
        assert np.isnan(table.loc["sn_null", "noise_floor"])
        assert not table.loc["sn_null", "within_noise"]

    def test_it_is_no_hypothesis(self):
        """Noise that happens to agree in every seed is no verdict, and costs the methods nothing."""
        sn = np.linspace(0.6, 0.7, 6)
        values = {"sn": sn, "none": sn - 0.1, "sn_null": sn + 0.01}
        both = verdicts(make_summary(values)).set_index("method")
        alone = verdicts(make_summary({"sn": sn, "none": sn - 0.1})).iloc[0]
        for name in ("p_value", "p_holm", "n_needed", "verdict"):
            assert both.loc["none", name] == alone[name]
        assert alone["verdict"] == "worse"
        assert np.isnan(both.loc["sn_null", "p_holm"])
        assert both.loc["sn_null", "verdict"] == "not tested"
        (row,) = verdicts(make_summary({"sn": sn, "sn_null": sn + 0.01})).to_dict("records")
        assert (row["verdict"], row["n_needed"]) == ("not tested", 6)

    def test_without_a_null_nothing_is_said(self):
        row = verdicts(make_summary({"sn": [0.5, 0.6], "none": [0.5, 0.6]})).iloc[0]
        assert np.isnan(row["noise_floor"])
        assert not row["within_noise"]

    def test_correlation_is_what_pairing_buys(self):
        """Var(x - y) = Var x + Var y - 2 r sd x sd y."""
        rng = np.random.default_rng(2)
        x = rng.normal(size=9)
        y = 0.5 * x + rng.normal(size=9)
        r = verdicts(make_summary({"sn": y, "none": x}), resamples=10)["seed_correlation"].iloc[0]
        bought = x.var() + y.var() - 2 * r * x.std() * y.std()
        assert (x - y).var() == pytest.approx(bought)

    @pytest.mark.parametrize("none", [[0.1, 0.2], [0.3, 0.3, 0.3]])
    def test_no_correlation_of_two_seeds_or_of_a_constant(self, none):
        sn = [0.5, 0.6, 0.4][: len(none)]
        row = verdicts(make_summary({"sn": sn, "none": none})).iloc[0]
        assert np.isnan(row["seed_correlation"])


class TestVerdicts:
    def test_known_differences(self):
        table = verdicts(make_summary({"sn": [0.5, 0.6, 0.7], "abcas": [0.6, 0.8, 0.6]}))
        assert list(table) == VERDICTS
        row = table.iloc[0]
        assert (row["architecture"], row["score"], row["method"], row["baseline"]) == (
            "standard",
            "bins-E",
            "abcas",
            "sn",
        )
        assert row["n_pairs"] == 3
        assert row["mean_difference"] == pytest.approx(0.2 / 3)
        assert (row["wins"], row["same_direction"]) == (2, 2)
        # 0.6 beats 0.5, ties with 0.6, loses to 0.7, and that twice; 0.8 beats all three.
        assert row["probability_of_improvement"] == pytest.approx((1.5 + 3 + 1.5) / 9)
        assert -0.1 <= row["low"] < row["mean_difference"] < row["high"] <= 0.2
        assert row["p_smallest"] == 0.25

    @pytest.mark.parametrize("n", [2, 5, 8])
    def test_sign_flips_by_brute_force(self, n):
        rng = np.random.default_rng(n)
        sn, other = rng.normal(0.7, 0.03, (2, n))
        p_value = verdicts(make_summary({"sn": sn, "none": other}))["p_value"].iloc[0]
        assert p_value == pytest.approx(brute_force_p(other - sn))

    def test_interval_covers_the_truth_of_many_seeds(self):
        difference = np.random.default_rng(1).normal(0.02, 0.01, 100)
        row = verdicts(make_summary({"sn": np.zeros(100), "none": difference})).iloc[0]
        half = 1.96 * difference.std(ddof=1) / 10
        np.testing.assert_allclose(
            [row["low"], row["high"]], difference.mean() + np.array([-half, half]), atol=5e-4
        )
        assert row["verdict"] == "better"
        assert row["p_smallest"] == pytest.approx(2 / 10_001)

    def test_enough_seeds_decide(self):
        sn = np.linspace(0.6, 0.7, 8)
        noise = np.array([0.01, -0.01] * 4)
        table = verdicts(
            make_summary({"sn": sn, "up": sn + 0.1 + noise, "down": sn - 0.1, "same": sn + noise})
        ).set_index("method")
        assert table["p_value"].tolist() == pytest.approx([2 / 2**8, 2 / 2**8, 1])
        assert table["p_holm"].tolist() == pytest.approx([6 / 2**8, 6 / 2**8, 1])
        assert table["verdict"].tolist() == ["better", "worse", "undecided"]
        assert set(table["n_needed"]) == {7}  # 3 * 2/2^7 is the first below 0.05

    @pytest.mark.parametrize(("n", "few"), [(5, True), (6, False)])
    def test_seeds_that_one_comparison_takes(self, n, few):
        row = verdicts(make_summary({"sn": [0.5] * n, "none": [0.6] * n})).iloc[0]
        assert row["verdict"] == ("too few seeds" if few else "better")
        assert row["n_needed"] == 6

    def test_two_seeds_decide_nothing(self):
        row = verdicts(make_summary({"sn": [0.1, 0.11], "none": [0.8, 0.9]})).iloc[0]
        assert (row["p_value"], row["verdict"]) == (0.5, "too few seeds")
        assert (row["low"], row["high"]) == pytest.approx((0.7, 0.79))

    def test_one_seed(self):
        row = verdicts(make_summary({"sn": [0.5], "none": [0.6]})).iloc[0]
        assert row["mean_difference"] == pytest.approx(0.1)
        assert row[["low", "high"]].isna().all()
        assert (row["p_value"], row["p_holm"], row["verdict"]) == (1, 1, "too few seeds")

    def test_equal_differences(self):
        row = verdicts(make_summary({"sn": [0.25, 0.5], "none": [0.5, 0.75]})).iloc[0]
        assert (row["low"], row["high"]) == (0.25, 0.25)
        same = verdicts(make_summary({"sn": [0.5] * 3, "none": [0.5] * 3})).iloc[0]
        assert (same["p_value"], same["wins"]) == (1, 0)
        assert same["probability_of_improvement"] == 0.5

    def test_unpaired_seeds_are_counted(self):
        values = {"sn": [0.5, 0.6, None, 0.7], "none": [0.6, None, 0.9, 0.8], "new": [None] * 4}
        values["new"][2] = 0.5
        table = verdicts(make_summary(values)).set_index("method")
        assert table.loc["none", ["n_pairs", "n_unpaired"]].tolist() == [2, 2]
        assert table.loc["none", "mean_difference"] == pytest.approx(0.1)
        assert table.loc["new", ["n_pairs", "n_unpaired"]].tolist() == [0, 4]
        assert np.isnan(table.loc["new", "mean_difference"])
        assert table.loc["new", ["wins", "same_direction"]].tolist() == [0, 0]
        assert table.loc["new", "verdict"] == "too few seeds"

    @pytest.mark.parametrize("methods", [["none", "abcas"], ["sn"], []])
    def test_nothing_to_compare(self, methods):
        summary = random_summary(2)
        table = verdicts(summary[summary["method"].isin(methods)])
        assert table.empty
        assert list(table) == VERDICTS

    def test_scores_and_architectures_stay_apart(self):
        summary = random_summary(5)
        both = pd.concat([summary, summary.assign(architecture="small")])
        table = verdicts(both)
        assert len(table) == 2 * len(SCORES) * 2
        for (_, score), part in table.groupby(["architecture", "score"]):
            alone = verdicts(summary[summary["score"] == score])
            np.testing.assert_array_equal(part["p_holm"], alone["p_holm"])

    def test_another_column(self):
        summary = make_summary({"sn": [0.5, 0.6], "none": [0.6, 0.7]})
        summary.loc[summary["method"] == "none", "max"] = 0
        assert verdicts(summary, column="max")["mean_difference"].iloc[0] < 0

    def test_each_pair_of_learning_rates_and_the_choice(self):
        """The choice mixes pairs; every pair is judged as if it were the only one."""
        large = make_summary({"sn": [0.5, 0.6], "none": [0.1, 0.1], "abcas": [0.5, 0.7]})
        large["learning_rates"] = "0.001_0.001"
        small = make_summary({"sn": [0.7, 0.7], "none": [0.8, 0.65], "abcas": [0.7, 0.6]})
        both = pd.concat(
            [
                large.assign(chosen=large["method"] == "sn"),
                small.assign(chosen=small["method"] != "sn"),
            ]
        )
        table = verdicts(both)
        assert list(dict.fromkeys(table["learning_rates"])) == [
            *("chosen", "0.001_0.001", "0.001_1e-05")
        ]
        for rates, rows in table.groupby("learning_rates", sort=False):
            parts = {"0.001_0.001": large, "0.001_1e-05": small, "chosen": both[both["chosen"]]}
            alone = verdicts(parts[rates].drop(columns="chosen", errors="ignore"))
            pd.testing.assert_frame_equal(
                rows.reset_index(drop=True).drop(columns="learning_rates"),
                alone.drop(columns="learning_rates"),
            )
        found = table.set_index(["learning_rates", "method"])
        none = found.xs("none", level="method")
        assert none["mean_difference"].tolist() == pytest.approx([0.175, -0.45, 0.025])
        assert none["same_direction"].tolist() == [2, 2, 1]
        assert found.loc[("0.001_1e-05", "abcas"), ["wins", "same_direction"]].tolist() == [0, 1]

    def test_fresh_seeds_judge_the_choice_and_no_pair(self):
        large = make_summary({"sn": [0.5, 0.6], "none": [0.1, 0.1]})
        large["learning_rates"] = "0.001_0.001"
        small = make_summary({"sn": [0.7, 0.7], "none": [0.8, 0.65]})
        grid = pd.concat([large, small]).assign(tried=True, chosen=False)
        fresh = make_summary({"sn": [0.9, 0.9, 0.9], "none": [0.5, 0.5, 0.5]})
        fresh = fresh.assign(seed=fresh["seed"] + 10, tried=False, chosen=True)
        of_grid = verdicts(grid.assign(chosen=grid["learning_rates"] == "0.001_1e-05"))
        table = verdicts(pd.concat([grid, fresh]))
        by_pair = table["learning_rates"] != "chosen"
        pd.testing.assert_frame_equal(table[by_pair], of_grid[by_pair])
        assert table.loc[~by_pair, "mean_difference"].tolist() == pytest.approx([-0.4])

    def test_one_pair_of_learning_rates_is_judged_once(self):
        summary = make_summary({"sn": [0.5, 0.6], "none": [0.6, 0.7]})
        other = summary.assign(learning_rates="0.001_0.001", selected=0.0)
        marked = summary.assign(chosen=True)
        pd.testing.assert_frame_equal(verdicts(marked), verdicts(summary))
        # A pair that the baseline lacks compares nothing.
        extra = pd.concat([marked, other[other["method"] == "none"].assign(chosen=False)])
        pd.testing.assert_frame_equal(verdicts(extra), verdicts(summary))
        with pytest.raises(UserError, match=r"sn has several runs.*1e-05, 0.001_0.001.*chosen"):
            verdicts(pd.concat([summary, other]))

    def test_order_of_rows_changes_nothing_else(self):
        summary = random_summary(5)
        keys = ["score", "method"]
        a, b = (
            verdicts(s).sort_values(keys, ignore_index=True) for s in (summary, summary.iloc[::-1])
        )
        pd.testing.assert_frame_equal(a, b)


class TestHolm:
    def test_demsar(self):
        """Demšar 2006, section 3.2.2: p = 0.016, 0.019 and 0.607; Holm rejects the first two at 5 %."""
        corrected = holm(np.array([0.607, 0.016, 0.019]))
        np.testing.assert_allclose(corrected, [0.607, 0.048, 0.048])

    def test_order_and_limit(self):
        """The example of many textbooks: steps 4 * 0.005, 3 * 0.01, 2 * 0.03, and 0.04 lifted to the step below."""
        np.testing.assert_allclose(
            holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02]
        )
        np.testing.assert_array_equal(holm(np.array([0.5, 1.0])), [1, 1])


def test_probability_of_improvement():
    assert probability_of_improvement(np.array([1.0, 2.0]), np.array([0.0, 2.0])) == 2.5 / 4
    assert probability_of_improvement(np.array([3.0]), np.array([0.0, 1.0, 2.0])) == 1


class TestRanks:
    @pytest.mark.parametrize(("k", "q"), [(2, 1.960), (4, 2.569), (5, 2.728), (10, 3.164)])
    def test_table_5_of_demsar(self, k, q):
        n = 7
        assert critical_difference(k, n, 0.05) / np.sqrt(k * (k + 1) / (6 * n)) == pytest.approx(
            q, abs=6e-4
        )

    @pytest.mark.parametrize("k", range(3, 16))
    def test_two_seeds_separate_no_ranks(self, k):
        """Why the workflow leaves the figure out below three seeds, and below three methods."""
        assert critical_difference(k, 3, 0.05) < k - 1 < critical_difference(k, 2, 0.05)
        assert critical_difference(2, 3, 0.05) > 1

    def test_example_of_demsar(self):
        """Four classifiers on 14 data sets: CD = 1.25."""
        assert critical_difference(4, 14, 0.05) == pytest.approx(1.25, abs=0.005)

    def test_average_ranks_and_friedman(self):
        values = {"a": [0.9, 0.8, 0.9, 0.7], "b": [0.8, 0.9, 0.8, 0.6], "c": [0.1, 0.2, 0.3, 0.4]}
        table = ranks(make_summary(values))
        assert list(table) == RANKS
        assert table["average_rank"].tolist() == [1.25, 1.75, 3]
        # 12 N / (k (k + 1)) (sum R^2 - k (k + 1)^2 / 4), Friedman 1937, without ties.
        by_hand = 12 * 4 / (3 * 4) * (1.25**2 + 1.75**2 + 3**2 - 3 * 4**2 / 4)
        assert table["friedman_statistic"].iloc[0] == pytest.approx(by_hand)
        assert table["friedman_p"].iloc[0] == pytest.approx(np.exp(-by_hand / 2))  # chi-square, 2

    def test_friedman_of_four_methods_score_by_score(self):
        values = {"a": [9, 8, 9], "b": [8, 9, 8], "c": [3, 3, 2], "d": [2, 1, 3]}
        table = ranks(make_summary(values, ("E", "bins-E")))
        assert table.index.tolist() == list(range(8))
        assert table["n_methods"].tolist() == [4] * 8
        squares = (4 / 3) ** 2 + (5 / 3) ** 2 + (10 / 3) ** 2 + (11 / 3) ** 2
        by_hand = 12 * 3 / (4 * 5) * (squares - 4 * 5**2 / 4)
        assert table["friedman_statistic"].tolist() == pytest.approx([by_hand] * 8)

    def test_ties_share_their_rank(self):
        table = ranks(make_summary({"a": [0.5, 0.5], "b": [0.5, 0.5], "c": [0.1, 0.1]}))
        assert table["average_rank"].tolist() == [1.5, 1.5, 3]

    def test_only_seeds_that_all_have(self):
        table = ranks(make_summary({"a": [0.1, 0.9, 0.9], "b": [None, 0.2, 0.2]}))
        assert set(table["n_seeds"]) == {2}
        assert table["average_rank"].tolist() == [1, 2]

    @pytest.mark.parametrize(
        "values",
        [
            {"a": [0.1], "b": [0.2], "c": [0.3]},
            {"a": [0.1, 0.2], "b": [0.2, 0.1]},
            {"a": [0.5, 0.5], "b": [0.5, 0.5], "c": [0.5, 0.5]},
        ],
    )
    def test_too_little_for_friedman(self, values):
        table = ranks(make_summary(values))
        assert table["friedman_p"].isna().all()
        assert table["critical_difference"].gt(0).all()

    def test_nothing_in_common(self):
        table = ranks(make_summary({"a": [0.1, None], "b": [None, 0.2]}))
        assert table[["average_rank", "critical_difference"]].isna().all(axis=None)
        assert ranks(random_summary(1).iloc[:0]).empty


def text_of(figure):
    return "\n".join(t.get_text() for a in figure.axes for t in [a.title, *a.texts])


class TestFigures:
    @pytest.mark.parametrize(("n_seeds", "told"), [(1, "1 paired seed"), (5, "5 paired seeds")])
    def test_differences(self, style, n_seeds, told, tmp_path):
        table = verdicts(random_summary(n_seeds))
        figure = differences(style, table)
        titles = [a.get_title() for a in figure.axes]
        assert [title.split("\n")[0] for title in titles] == ["bins-E", "bins-P", "E"]
        assert all(told in title for title in titles)
        methods = [t.get_text().replace("\n", " ") for t in figure.axes[0].get_yticklabels()]
        assert [m.replace("\N{NO-BREAK SPACE}", " ") for m in methods] == [
            LABELS["none"],
            LABELS["abcas"],
        ]
        drawn = [line.get_xdata()[0] for line in figure.axes[0].lines[1:4:2]]
        expected = table[table["score"] == "bins-E"].set_index("method")["mean_difference"]
        assert drawn == pytest.approx(expected[["none", "abcas"]].tolist())
        assert figure.legends[0].get_texts()[0].get_text() == "too few seeds to decide"
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_differences_at_each_pair_of_learning_rates(self, style, tmp_path):
        """A row of panels per pair, the largest first, and the choice last where not all chose one pair."""
        low = random_summary(3).assign(chosen=True)
        high = low.assign(learning_rates="0.001_0.001", selected=0.5, chosen=False)
        high.loc[high["method"] == "none", "selected"] = 0.1
        same = differences(style, verdicts(pd.concat([low, high])))
        heads = [a.get_ylabel() for a in same.axes[::3]]
        assert [head.split("\n", 1)[1] for head in heads] == [
            "0.001, 0.001",
            "0.001, 1e-05\n(as chosen)",
        ]
        for table, is_chosen in ((low, False), (high, True)):
            table.loc[table["method"] == "abcas", "chosen"] = is_chosen
        figure = differences(style, verdicts(pd.concat([low, high])))
        assert len(figure.axes) == 3 * 3
        heads = [a.get_ylabel() for a in figure.axes[::3]]
        assert heads[0].endswith("\n0.001, 0.001")
        assert heads[1].endswith("\n0.001, 1e-05")
        assert heads[2].endswith("\nas chosen")
        assert [t.get_text() for t in figure.axes[0].texts] == ["3/3", "0/3"]
        assert figure.axes[0].get_xlim() == figure.axes[6].get_xlim()
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_a_pair_shows_the_methods_that_were_trained_at_it(self, style):
        low = random_summary(3).assign(chosen=True)
        high = low.assign(learning_rates="0.001_0.001", chosen=False)
        high = high[high["method"].isin(["sn", "abcas"])]
        figure = differences(style, verdicts(pd.concat([low, high])))
        names = [[t.get_text() for t in a.get_yticklabels()] for a in figure.axes[::3]]
        assert [len(n) for n in names] == [1, 2]  # all chose the second pair
        assert names[0] == names[1][1:]

    def test_only_decided_points_are_filled(self, style):
        sn = np.full(8, 0.5)
        summary = make_summary({"sn": sn, "none": sn + 0.1, "abcas": sn}, ["bins-E"])
        (panel,) = differences(style, verdicts(summary)).axes
        faces = [line.get_markerfacecolor() for line in panel.lines[1:4:2]]
        assert faces == [style.line("none").colour, "white"]

    @pytest.mark.parametrize("n_seeds", [1, 2, 5])
    def test_critical_difference(self, style, n_seeds, tmp_path):
        figure = draw_ranks(style, ranks(random_summary(n_seeds)))
        assert [a.get_title().split(":")[0] for a in figure.axes] == ["bins-E", "bins-P"]
        text = text_of(figure)
        assert all(text.count(label.split(",")[0]) == 2 for label in LABELS.values())
        assert text.count("too few seeds to separate any") == (2 if n_seeds < 5 else 0)
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_equal_ranks_hide_no_method(self, style):
        """Each marker stands at its label, and the rank in it."""
        table = ranks(random_summary(5, ["bins-E"])).assign(average_rank=[1.5, 1.5, 3.0])
        figure = draw_ranks(style, table)
        (panel,) = figure.axes
        marked = {(m.marker, m.colour) for m in map(style.line, LABELS)}
        drawn = [line for line in panel.lines if (line.get_marker(), line.get_color()) in marked]
        places = {(line.get_xdata()[0], line.get_ydata()[0]) for line in drawn}
        assert len(drawn) == len(places) == 3
        assert text_of(figure).count("(1.50)") == 2

    def test_several_architectures(self, style):
        summary = random_summary(2)
        both = pd.concat([summary, summary.assign(architecture="small")])
        assert len(draw_ranks(style, ranks(both)).axes) == 4
        assert len(differences(style, verdicts(both)).axes[0].get_yticks()) == 4

    def test_nothing_to_draw(self, style, tmp_path):
        summary = random_summary(2)
        alone = summary[summary["method"] == "sn"]
        verdicts(alone).to_csv(tmp_path / "v.csv", index=False)
        for figure in (
            differences(style, pd.read_csv(tmp_path / "v.csv")),
            draw_ranks(style, ranks(alone)),
            draw_ranks(style, ranks(alone.iloc[:0])),
        ):
            assert figure.axes[0].texts[0].get_text().startswith("Nothing to")
            style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    @pytest.mark.parametrize(
        ("positions", "reach", "expected"),
        [
            ([1, 2, 3, 4], 1.5, [(1, 2), (2, 3), (3, 4)]),
            ([1, 1.2, 1.4, 4], 1.5, [(1, 1.4)]),
            ([1, 2], 1, []),
            ([2, 2], 1, [(2, 2)]),
            ([1, 5, 9], np.inf, [(1, 9)]),
        ],
    )
    def test_joined(self, positions, reach, expected):
        assert joined(positions, reach) == expected

    def test_friedman_goes_before_nemenyi(self, style):
        """Ranks further apart than the critical difference stay joined if the methods do not differ at all."""
        table = ranks(random_summary(5, ["bins-E"])).assign(
            average_rank=[1.0, 2.0, 3.0], critical_difference=1.5
        )
        for p_value, n_lines in ((0.01, 2), (0.2, 1)):
            (panel,) = draw_ranks(style, table.assign(friedman_p=p_value)).axes
            assert sum(line.get_linewidth() > 3 for line in panel.lines) == n_lines


class TestTable:
    def test_texts(self, style, tmp_path):
        values = {"sn": [0.5, 0.6, 0.7], "abcas": [0.6, 0.8, None], "none": [0.5, 0.5, 0.5]}
        table = verdicts(make_summary(values, ["bins-E", "P_std"]))
        made = verdict_table(style, table)
        parts = made.parts
        # The other scores stand in the CSV file.
        assert list(parts) == ["bins-E: embedding, mean over bins, minus that of vanilla SN"]
        (texts,) = parts.values()
        assert texts["method"].tolist() == [LABELS["none"], LABELS["abcas"]]
        assert set(texts["learning rates"]) == {"chosen"}
        row = texts.iloc[1]
        assert row["seeds in its direction"] == "2 of 2 (1 unpaired)"
        assert row["difference [95 percent]"] == "+0.150 [+0.100, +0.200]"
        assert row["verdict"] == "too few seeds: 2 of 7"
        assert (row["noise"], row["r"]) == ("", "")
        paths = [tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")]
        save_table(style, made, *paths)
        assert list(pd.read_csv(paths[0])) == VERDICTS
        assert "+0.150 [+0.100, +0.200]" in paths[1].read_text()
        assert "**bins-E: embedding" in paths[1].read_text()
        assert "%" not in paths[2].read_text()

    def test_noise_is_told(self, style):
        values = {"sn": [0.5, 0.6, 0.7], "sn_null": [0.51, 0.58, 0.72], "none": [0.51, 0.6, 0.7]}
        ((_, texts),) = verdict_table(style, verdicts(make_summary(values))).parts.items()
        (row,) = texts.to_dict("records")
        assert (row["noise"], row["r"]) == ("0.010", "+1.00")
        assert row["verdict"].endswith("; within noise")

    def test_the_null_is_not_tested(self, style):
        named = style.model_copy(update={"labels": {**LABELS, "sn_null": "SN twice"}})
        table = verdicts(make_summary({"sn": [0.5, 0.6, 0.7], "sn_null": [0.51, 0.58, 0.72]}))
        (texts,) = verdict_table(named, table).parts.values()
        assert texts.loc[0, ["noise", "p (Holm)", "verdict"]].tolist() == ["", "", "not tested"]

    def test_small_p_values(self, style):
        sn = np.random.default_rng(0).normal(0.5, 0.1, 13)
        table = verdicts(make_summary({"sn": sn, "none": sn + 0.1}))
        (texts,) = verdict_table(style, table).parts.values()
        assert texts.loc[0, ["p (Holm)", "verdict"]].tolist() == ["below 0.001", "better"]

    def test_no_rows(self, style, tmp_path):
        empty = verdicts(make_summary({"none": [0.5]}))
        empty.to_csv(tmp_path / "v.csv", index=False)
        made = verdict_table(style, pd.read_csv(tmp_path / "v.csv"))
        save_table(style, made, *(tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")))
        assert "verdict" in (tmp_path / "t.md").read_text()
