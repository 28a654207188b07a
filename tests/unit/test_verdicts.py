"""Verdicts against sums by hand, brute force and published tables."""

import itertools

import numpy as np
import pandas as pd
import pytest
from drawn import figure_of, table_of
from judged import ranks, verdicts
from scipy import stats
from three_methods import LABELS

from showergan.comparison.unpaired import difference_p, equivalence_p, share_interval
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
            "failed": False,
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
        methods = {"sn": 60, "sn_null": 60} | {f"m{i}": 20 for i in range(200)}
        values = {m: list(rng.normal(0.5, 0.1, n)) for m, n in methods.items()}
        table = verdicts(make_summary(values), resamples=10)
        others = table[table["method"] != "sn_null"]
        assert (others["noise_floor"] == others["noise_floor"].iloc[0]).all()
        assert others["noise_floor"].iloc[0] == pytest.approx(
            0.1 * (1 / 20 + 1 / 60) ** 0.5, rel=0.2
        )
        assert others["within_noise"].mean() == pytest.approx(0.954, abs=0.06)

    @pytest.mark.parametrize(("n", "known"), [(9, False), (10, True)])
    def test_it_takes_ten_seeds_of_the_null(self, n, known):
        sn = np.linspace(0.5, 0.7, n)
        off = np.array([0.01, -0.02] * 5)[:n]
        values = {"sn": sn, "sn_null": sn + off, "none": sn - 0.4}
        table = verdicts(make_summary(values)).set_index("method")
        # Of equal numbers of seeds: the root mean square difference over their root.
        floor = (2.5e-4 / n) ** 0.5 if known else np.nan
        assert table.loc["none", "noise_floor"] == pytest.approx(floor, nan_ok=True)
        assert not table.loc["none", "within_noise"]
        assert np.isnan(table.loc["sn_null", "noise_floor"])
        assert not table.loc["sn_null", "within_noise"]

    def test_no_verdict_rests_on_it(self):
        """Nor costs it a method anything: it is no hypothesis."""
        sn = np.random.default_rng(0).normal(0.6, 0.02, 12)
        values = {"sn": sn, "none": sn - 0.03}
        far = verdicts(make_summary(values | {"sn_null": sn[::-1] + 0.5})).set_index("method")
        alone = verdicts(make_summary(values)).iloc[0]
        assert far.loc["none", "within_noise"] and not alone["within_noise"]
        for name in ("p_value", "p_holm", "n_needed", "verdict"):
            assert far.loc["none", name] == alone[name]
        assert alone["verdict"] == "worse"
        assert np.isnan(far.loc["sn_null", "p_holm"])
        assert far.loc["sn_null", "verdict"] == "not tested"
        (row,) = verdicts(make_summary({"sn": sn, "sn_null": sn + 0.01})).to_dict("records")
        assert (row["verdict"], row["n_needed"]) == ("not tested", 5)

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
        table = verdicts(make_summary({"sn": [0.5, 0.6, 0.7, 0.6], "abcas": [0.6, 0.8, 0.6]}))
        assert list(table) == VERDICTS
        row = table.iloc[0]
        assert (row["architecture"], row["score"], row["method"], row["baseline"]) == (
            "standard",
            "bins-E",
            "abcas",
            "sn",
        )
        assert row[["n_method", "n_baseline", "n_pairs"]].tolist() == [3, 4, 3]
        assert row["mean_difference"] == pytest.approx(2 / 3 - 0.6)
        # 0.6 beats 0.5, ties with 0.6 twice, loses to 0.7, and that twice; 0.8 beats all four.
        assert row["probability_of_improvement"] == pytest.approx((2 + 4 + 2) / 12)
        assert row[["low", "high"]].isna().all()
        assert (row["p_smallest"], row["verdict"]) == (2 / 35, "too few seeds")

    def test_the_numbers_are_those_of_unpaired_samples(self):
        """The order of seeds, and which of them two methods share, changes nothing but the columns of pairs."""
        rng = np.random.default_rng(2)
        sn, other = list(rng.normal(0.7, 0.03, 12)), list(rng.normal(0.68, 0.02, 6))
        row = verdicts(make_summary({"sn": sn, "none": other})).iloc[0]
        x, y = np.array(other), np.array(sn)
        expected = stats.ttest_ind(x, y, equal_var=False)
        assert row["mean_difference"] == pytest.approx(x.mean() - y.mean())
        assert tuple(row[["low", "high"]]) == pytest.approx(tuple(expected.confidence_interval()))
        assert row["p_value"] == difference_p(x, y, 10_000, 0)
        assert row["p_value"] == pytest.approx(expected.pvalue, rel=0.3)
        apart = verdicts(make_summary({"sn": sn, "none": [None] * 12 + other})).iloc[0]
        assert (row["n_pairs"], apart["n_pairs"]) == (6, 0)
        paired = ["n_pairs", "seed_correlation", "p_paired"]
        pd.testing.assert_series_equal(row.drop(paired), apart.drop(paired))

    @pytest.mark.parametrize("n", [2, 5, 8])
    def test_sign_flips_by_brute_force(self, n):
        rng = np.random.default_rng(n)
        sn, other = rng.normal(0.7, 0.03, (2, n))
        p_value = verdicts(make_summary({"sn": sn, "none": other}))["p_paired"].iloc[0]
        assert p_value == pytest.approx(brute_force_p(other - sn))

    def test_enough_seeds_decide(self):
        sn = np.linspace(0.6, 0.7, 8)
        table = verdicts(
            make_summary({"sn": sn, "up": sn + 0.2, "down": sn - 0.2, "same": sn})
        ).set_index("method")
        divisions = 12870  # of 16 seeds into eight and eight; more than are drawn
        assert table["p_smallest"].tolist() == [2 / 10_001] * 3
        assert 2 / divisions < table["p_value"].max() == 1
        assert table["p_value"].tolist() == pytest.approx([2 / 10_001, 2 / 10_001, 1])
        assert table["p_holm"].tolist() == pytest.approx([6 / 10_001, 6 / 10_001, 1])
        assert table["verdict"].tolist() == ["better", "worse", "undecided"]

    @pytest.mark.parametrize(
        ("n", "m", "few"), [(4, 40, True), (40, 4, True), (5, 5, False), (5, 20, False)]
    )
    def test_a_verdict_takes_five_seeds_of_both(self, n, m, few):
        """As an interval does, though a p-value would do with fewer."""
        row = verdicts(make_summary({"sn": [0.5] * m, "none": [0.6] * n})).iloc[0]
        assert row["verdict"] == ("too few seeds" if few else "better")
        assert row["p_value"] < 0.05
        assert np.isnan(row["low"]) == few

    @pytest.mark.parametrize(("methods", "needed"), [(1, 5), (6, 5), (7, 6), (23, 6), (24, 7)])
    def test_more_methods_take_more_seeds(self, methods, needed):
        """Of ten seeds in two halves there are 252 divisions, and 6 * 2/252 < 0.05 < 7 * 2/252; of twelve 924."""
        others = {f"m{i}": [0.6] * 5 for i in range(methods)}
        table = verdicts(make_summary({"sn": [0.5] * 5, **others}))
        assert set(table["n_needed"]) == {needed}
        assert set(table["verdict"]) == {"better" if needed == 5 else "too few seeds"}

    def test_with_too_few_permutations_nothing_is_decided(self):
        table = verdicts(make_summary({"sn": [0.5] * 9, "none": [0.6] * 9}), resamples=10)
        assert table["verdict"].tolist() == ["too few seeds"]
        assert table["n_needed"].tolist() == [1000]

    def test_one_seed(self):
        row = verdicts(make_summary({"sn": [0.5], "none": [0.6]})).iloc[0]
        assert row["mean_difference"] == pytest.approx(0.1)
        assert row[["low", "high"]].isna().all()
        assert (row["p_value"], row["p_holm"], row["verdict"]) == (1, 1, "too few seeds")
        assert (row["p_paired"], row["p_smallest"]) == (1, 1)

    def test_a_method_without_a_value(self):
        values = {"sn": [0.5, 0.6, 0.4], "none": [np.nan] * 3}
        (row,) = verdicts(make_summary(values)).to_dict("records")
        assert (row["n_method"], row["n_baseline"]) == (0, 3)
        assert np.isnan(row["mean_difference"]) and np.isnan(row["probability_of_improvement"])
        assert (row["p_value"], row["verdict"]) == (1, "too few seeds")

    def test_failed_seeds_are_counted_and_stand_apart(self):
        """The verdict is of all seeds; beside it the share of failed ones and the difference of the others."""
        sn = [0.7, 0.72, 0.68, 0.71, 0.69, 0.7, 0.7, 0.1]
        summary = make_summary({"sn": sn, "none": [0.71, 0.2, 0.69, 0.72, 0.1]})
        summary["failed"] = summary["selected"] < 0.5
        row = verdicts(summary).iloc[0]
        assert row["mean_difference"] == pytest.approx(2.42 / 5 - 5 / 8)
        assert row["difference_not_failed"] == pytest.approx(2.12 / 3 - 4.9 / 7)
        assert row[["n_failed", "n_failed_baseline"]].tolist() == [2, 1]
        assert tuple(row[["failed_low", "failed_high"]]) == share_interval(2, 5, 0.05)[1:]
        none = verdicts(summary.assign(failed=False)).iloc[0]
        same = ["mean_difference", "low", "high", "p_value", "verdict"]
        pd.testing.assert_series_equal(row[same], none[same])
        assert (none["n_failed"], none["failed_low"]) == (0, 0)
        assert none["difference_not_failed"] == none["mean_difference"]

    def test_equivalence_within_the_margin_of_a_score(self):
        """By Holm over the methods; a difference that is sure but within the margin does not matter."""
        sn = 0.7 + np.array([0.01, -0.01] * 10)
        values = {"sn": sn, "near": sn[:10] + 0.004, "sure": sn + 0.012, "far": sn - 0.1}
        summary = make_summary(values | {"sn_null": sn}, ["bins-E", "bins-P"])
        table = verdicts(summary, margins={"bins-E": 0.02}).set_index(["score", "method"])
        of = table.loc["bins-E"]
        assert of["verdict"].to_dict() == {
            "near": "equivalent", "sure": "equivalent", "far": "worse", "sn_null": "not tested"
        }  # fmt: skip
        assert of.loc["sure", "p_holm"] < 0.05
        x = np.array([values[m] for m in ("near", "sure", "far")], dtype=object)
        p = np.array([equivalence_p(np.array(v), sn, 0.02) for v in x])
        assert of["p_equivalence"].tolist()[:3] == pytest.approx(p.tolist())
        assert of["p_equivalence_holm"].tolist()[:3] == pytest.approx(holm(p).tolist())
        assert np.isnan(of.loc["sn_null", "p_equivalence_holm"])
        without = table.loc["bins-P"]
        assert without["verdict"].tolist()[:3] == ["undecided", "better", "worse"]
        assert without[["margin", "p_equivalence", "p_equivalence_holm"]].isna().all(axis=None)

    def test_equivalence_is_corrected_for_the_number_of_methods(self):
        spread = 0.7 + np.linspace(-0.03, 0.03, 9)
        one = {"sn": spread, "a": spread + 0.002}
        margins = {"bins-E": 0.02}
        (alone,) = verdicts(make_summary(one), margins=margins).to_dict("records")
        assert (alone["verdict"], alone["p_equivalence"] > 0.025) == ("equivalent", True)
        both = verdicts(make_summary(one | {"b": spread + 0.002}), margins=margins)
        assert both["p_equivalence"].tolist() == [alone["p_equivalence"]] * 2
        assert both["verdict"].tolist() == ["undecided"] * 2

    def test_four_seeds_are_not_equivalent(self):
        table = verdicts(
            make_summary({"sn": [0.5] * 9, "none": [0.5] * 4}), margins={"bins-E": 0.1}
        )
        assert table["p_equivalence"].tolist() == [0]
        assert table["verdict"].tolist() == ["too few seeds"]

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
            *("chosen", "0.001_0.001", "0.001_1e-05", "all")
        ]
        for rates, rows in table.groupby("learning_rates", sort=False):
            parts = {"0.001_0.001": large, "0.001_1e-05": small, "chosen": both[both["chosen"]]}
            # Over two rates an area is the mean of their scores.
            mean = large.assign(selected=(large["selected"] + small["selected"]) / 2, failed=np.nan)
            parts["all"] = mean.assign(score="area of bins-E")
            alone = verdicts(parts[rates].drop(columns="chosen", errors="ignore"))
            pd.testing.assert_frame_equal(
                rows.reset_index(drop=True).drop(columns="learning_rates"),
                alone.drop(columns="learning_rates"),
            )
        found = table.set_index(["learning_rates", "method"])
        none = found.xs("none", level="method")
        assert none["mean_difference"].tolist() == pytest.approx([0.175, -0.45, 0.025, -0.2125])
        assert found.loc[("0.001_1e-05", "abcas"), "probability_of_improvement"] == 0.25

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
            verdicts(s, resamples=1000).sort_values(keys, ignore_index=True)
            for s in (summary, summary.iloc[::-1])
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
    @pytest.mark.parametrize(
        ("n_seeds", "told"), [(1, "1 seed against 1 seed"), (4, "4 seeds against 4 seeds")]
    )
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

    def test_differences_of_areas_and_of_what_was_chosen(self, style, tmp_path):
        low = random_summary(3).assign(chosen=True)
        high = low.assign(learning_rates="0.001_0.001", selected=0.5, chosen=False)
        figure = differences(style, verdicts(pd.concat([low, high])))
        heads = [a.get_ylabel().split("\n", 1)[1] for a in figure.axes[::3]]
        assert heads == ["all, as an area", "as chosen"]
        assert figure.axes[0].get_xlim() == figure.axes[3].get_xlim()
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_differences_at_each_pair_where_there_is_no_area(self, style, tmp_path):
        """A row of panels per pair, the largest first, and the choice last where not all chose one pair."""
        low = random_summary(3).assign(chosen=True)
        high = low.assign(learning_rates="0.01_1e-05", selected=0.5, chosen=False)
        high = high[high["method"].isin(["sn", "abcas"])]
        same = differences(style, verdicts(pd.concat([low, high])))
        heads = [a.get_ylabel().split("\n", 1)[1] for a in same.axes[::3]]
        assert heads == ["0.01, 1e-05", "0.001, 1e-05\n(as chosen)"]
        names = [[t.get_text() for t in a.get_yticklabels()] for a in same.axes[::3]]
        assert [len(n) for n in names] == [1, 2]  # of those trained there
        for table, is_chosen in ((low, False), (high, True)):
            table.loc[table["method"] == "abcas", "chosen"] = is_chosen
        figure = differences(style, verdicts(pd.concat([low, high])))
        heads = [a.get_ylabel().split("\n", 1)[1] for a in figure.axes[::3]]
        assert heads == ["0.01, 1e-05", "0.001, 1e-05", "as chosen"]
        style.save(figure, tmp_path / "f.png", tmp_path / "f.pdf")

    def test_what_is_far_off_is_an_arrow_with_a_number(self, style, tmp_path):
        sn = np.linspace(0.5, 0.6, 8)
        near = {name: sn + 0.01 * i for i, name in enumerate(("a", "b", "c", "d"), 1)}
        more = style.model_copy(update={"labels": LABELS | {name: name for name in near}})
        table = verdicts(make_summary({"sn": sn, "none": sn - 0.5, **near}, ["bins-E"]))
        (panel,) = differences(more, table).axes
        texts = [text.get_text() for text in panel.texts]
        assert "\N{MINUS SIGN}0.50" in texts
        low, high = panel.get_xlim()
        assert -0.5 < low < -0.1 and high == -low
        assert [line.get_marker() for line in panel.lines].count("<") == 1
        (panel,) = differences(more, verdicts(make_summary({"sn": sn, **near}, ["bins-E"]))).axes
        assert [line.get_marker() for line in panel.lines].count("<") == 0
        # Of few seeds, without intervals, it is not known what is far.
        few = verdicts(make_summary({"sn": sn[:2], "none": sn[:2] - 0.5, **near}, ["bins-E"]))
        few[["low", "high"]] = np.nan
        (panel,) = differences(more, few).axes
        assert [line.get_marker() for line in panel.lines].count("<") == 0

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
        assert row["seeds"] == "2, 3"
        assert row["difference [95 percent]"] == "+0.100 [-]"
        assert row["without failed"] == "+0.100"
        assert row["failed [95 percent]"] == "0 of 2 [0.00, 0.66]"
        assert row["verdict"] == "too few seeds: 5 needed"
        assert row["p of equivalence (Holm)"] == ""
        paths = [tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")]
        save_table(style, made, *paths)
        assert list(pd.read_csv(paths[0])) == VERDICTS
        assert "+0.100 [-]" in paths[1].read_text()
        assert "equivalence" not in paths[1].read_text()
        assert "**bins-E: embedding" in paths[1].read_text()
        assert "%" not in paths[2].read_text()

    def test_noise_is_told(self, style):
        sn = np.linspace(0.5, 0.7, 10)
        values = {"sn": sn, "sn_null": sn + np.array([0.03, -0.03] * 5), "none": sn + 0.01}
        ((_, texts),) = verdict_table(style, verdicts(make_summary(values))).parts.items()
        (row,) = texts.to_dict("records")
        assert row["verdict"].endswith("; within noise")

    def test_intervals_and_equivalence_are_told(self, style):
        values = {"sn": 0.5 + 0.01 * np.arange(-4, 5), "none": 0.51 + 0.01 * np.arange(-2, 3)}
        table = verdicts(make_summary(values), margins={"bins-E": 0.1})
        (texts,) = verdict_table(style, table).parts.values()
        row = texts.iloc[0]
        # Welch: variances 7.5e-4 / 9 and 2.5e-4 / 5, 11.98 degrees of freedom, t 2.179.
        assert row["difference [95 percent]"] == "+0.010 [-0.015, +0.035]"
        assert (row["p of equivalence (Holm)"], row["verdict"]) == ("below 0.001", "equivalent")

    def test_the_null_is_not_tested(self, style):
        named = style.model_copy(update={"labels": {**LABELS, "sn_null": "SN twice"}})
        table = verdicts(make_summary({"sn": [0.5, 0.6, 0.7], "sn_null": [0.51, 0.58, 0.72]}))
        (texts,) = verdict_table(named, table).parts.values()
        assert texts.loc[0, ["p (Holm)", "verdict"]].tolist() == ["", "not tested"]

    def test_small_p_values(self, style):
        sn = np.random.default_rng(0).normal(0.5, 0.1, 13)
        table = verdicts(make_summary({"sn": sn, "none": sn + 0.4}))
        (texts,) = verdict_table(style, table).parts.values()
        assert texts.loc[0, ["p (Holm)", "verdict"]].tolist() == ["below 0.001", "better"]

    def test_no_rows(self, style, tmp_path):
        empty = verdicts(make_summary({"none": [0.5]}))
        empty.to_csv(tmp_path / "v.csv", index=False)
        made = verdict_table(style, pd.read_csv(tmp_path / "v.csv"))
        save_table(style, made, *(tmp_path / f"t.{kind}" for kind in ("csv", "md", "tex", "html")))
        assert "verdict" in (tmp_path / "t.md").read_text()
