"""Intervals and tests of unpaired samples against second implementations, published numbers and simulation."""

import itertools

import numpy as np
import pytest
from scipy import stats

from showergan.comparison.unpaired import (
    difference_interval,
    difference_p,
    equivalence_p,
    mean_interval,
    permutation_p,
    share_interval,
    smallest_p,
    welch_p,
)

pytestmark = pytest.mark.usefixtures("no_warnings")


def normal(rng, size):
    return rng.normal(size=size)


def wide(rng, size):
    """Return values with ten times the standard deviation."""
    return 10 * rng.normal(size=size)


def skewed(rng, size):
    """Return values of a skewed distribution, few of them far below the others: minus a lognormal one."""
    return -np.exp(0.8 * rng.normal(size=size))


def sample(mean, sd, n):
    """Return n values with exactly this mean and standard deviation."""
    values = np.random.default_rng(n).normal(size=n)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


def with_failures(rng, size):
    """Return values of which 15 % are ten standard deviations below the others."""
    return rng.normal(size=size) - 10 * (rng.random(size) < 0.15)


class TestIntervals:
    @pytest.mark.parametrize("n", [5, 10, 40])
    def test_of_a_mean(self, n):
        x = np.random.default_rng(n).normal(0.7, 0.03, n)
        expected = stats.ttest_1samp(x, 0).confidence_interval(0.95)
        assert mean_interval(x, 0.05) == pytest.approx((x.mean(), *expected))

    @pytest.mark.parametrize(("n", "m"), [(5, 20), (20, 5), (8, 8)])
    def test_of_a_difference(self, n, m):
        rng = np.random.default_rng(n)
        x, y = rng.normal(0.7, 0.03, n), rng.normal(0.6, 0.01, m)
        expected = stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.9)
        assert difference_interval(x, y, 0.1) == pytest.approx((x.mean() - y.mean(), *expected))

    def test_none_below_five_values(self):
        x, y = np.arange(4.0), np.arange(20.0)
        assert mean_interval(x, 0.05) == pytest.approx((1.5, np.nan, np.nan), nan_ok=True)
        for one, other, difference in ((x, y, -8.0), (y, x, 8.0)):
            found = difference_interval(one, other, 0.05)
            assert found == pytest.approx((difference, np.nan, np.nan), nan_ok=True)
        assert np.isnan(mean_interval(x[:0], 0.05)).all()
        assert np.isnan(difference_interval(x[:0], y, 0.05)).all()

    def test_of_values_that_do_not_vary(self):
        x, y = np.full(5, 0.75), np.full(5, 0.5)
        assert difference_interval(x, y, 0.05) == (0.25, 0.25, 0.25)
        assert mean_interval(x, 0.05) == (0.75, 0.75, 0.75)

    @pytest.mark.parametrize("n", [5, 10])
    def test_coverage(self, n):
        """Of 95 % intervals 95 % hold the truth; of BCa bootstrap intervals (Efron 1987) of few values fewer do."""
        rng = np.random.default_rng(n)
        values = rng.normal(size=(2000, n))
        hits = [low <= 0 <= high for _, low, high in (mean_interval(x, 0.05) for x in values)]
        assert np.mean(hits) == pytest.approx(0.95, abs=0.015)
        bca = (
            stats.bootstrap((x,), np.mean, n_resamples=300, rng=rng).confidence_interval
            for x in values[:300]
        )
        assert np.mean([low <= 0 <= high for low, high in bca]) < 0.93

    def test_coverage_of_samples_of_other_sizes_and_spreads(self):
        rng = np.random.default_rng(3)
        samples = zip(rng.normal(0, 2, (2000, 5)), rng.normal(0, 1, (2000, 20)), strict=True)
        found = (difference_interval(x, y, 0.05) for x, y in samples)
        assert np.mean([low <= 0 <= high for _, low, high in found]) == pytest.approx(
            0.95, abs=0.015
        )

    @pytest.mark.parametrize(
        ("hits", "n", "low", "high"),
        [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_table_1_of_newcombe(self, hits, n, low, high):
        """Newcombe 1998, Statistics in Medicine 17, 857, table I, method 3: Wilson's score interval."""
        found = share_interval(hits, n, 0.05)
        assert found == pytest.approx((hits / n, low, high), abs=5e-5)

    def test_of_nothing_there_is_no_share(self):
        assert np.isnan(share_interval(0, 0, 0.05)).all()


class TestPermutations:
    @pytest.mark.parametrize(("n", "m"), [(2, 3), (3, 3), (3, 5), (6, 2)])
    def test_by_brute_force(self, n, m):
        """Twice the share of the divisions with a Welch t as far to the one side."""
        rng = np.random.default_rng(10 * n + m)
        x, y = rng.normal(0.02, 0.03, n), rng.normal(0, 0.01, m)
        both, ts = np.array([*x, *y]), []
        for chosen in itertools.combinations(range(n + m), n):
            rest = np.delete(both, chosen)
            ts.append(stats.ttest_ind(both[list(chosen)], rest, equal_var=False).statistic)
        ts = np.array(ts)
        tails = np.mean(ts >= ts[0] - 1e-9), np.mean(ts <= ts[0] + 1e-9)
        assert permutation_p(x, y, 10_000, 0) == pytest.approx(min(1, 2 * min(tails)))

    @pytest.mark.parametrize(("n", "m", "resamples"), [(2, 2, 100), (5, 5, 1000), (5, 20, 999)])
    def test_the_smallest(self, n, m, resamples):
        x, y = np.linspace(1, 1.1, n), np.linspace(0, 0.1, m)
        smallest = smallest_p(n, m, resamples)
        assert smallest == pytest.approx({2: 2 / 6, 5: 2 / 252}[n] if n == m else 0.002)
        assert permutation_p(x, y, resamples, 0) == pytest.approx(smallest)
        assert permutation_p(np.full(n, 0.7), np.full(m, 0.6), resamples, 0) == pytest.approx(
            smallest
        )

    def test_nothing_to_permute(self):
        assert permutation_p(np.full(5, 0.7), np.full(9, 0.7), 100, 0) == 1
        assert permutation_p(np.array([0.1]), np.arange(9.0), 100, 0) == 1
        assert smallest_p(1, 9, 100) == 1

    def test_the_same_seed_gives_the_same_bits(self):
        x, y = np.random.default_rng(1).normal(size=(2, 9))
        first, again, other = (permutation_p(x, y, 200, seed) for seed in (0, 0, 1))
        assert first == again != other


class TestDifference:
    @pytest.mark.parametrize(("n", "m"), [(2, 2), (5, 20), (9, 4)])
    def test_of_welch(self, n, m):
        rng = np.random.default_rng(n)
        x, y = rng.normal(0.01, 0.02, n), rng.normal(0, 0.01, m)
        assert welch_p(x, y) == pytest.approx(stats.ttest_ind(x, y, equal_var=False).pvalue)

    @pytest.mark.parametrize("draw_x", [normal, wide, with_failures])
    def test_it_is_the_larger_of_two(self, draw_x):
        rng = np.random.default_rng(4)
        for x, y in zip(draw_x(rng, (20, 5)) + 2, rng.normal(size=(20, 15)), strict=True):
            found = difference_p(x, y, 199, 0)
            assert found == max(welch_p(x, y), permutation_p(x, y, 199, 0))

    def test_of_values_that_do_not_vary(self):
        x, y = np.full(5, 0.75), np.full(5, 0.5)
        assert (welch_p(x, y), welch_p(x, x), welch_p(x[:1], y)) == (0, 1, 1)
        assert difference_p(x, y, 1000, 0) == smallest_p(5, 5, 1000)

    @pytest.mark.parametrize("draw_x", [normal, wide, with_failures])
    def test_one_that_is_decided_has_an_interval_without_0(self, draw_x):
        rng = np.random.default_rng(2)
        for x, y in zip(draw_x(rng, (200, 5)) + 2, rng.normal(size=(200, 15)), strict=True):
            if difference_p(x, y, 199, 0) <= 0.05:
                _, low, high = difference_interval(x, y, 0.05)
                assert low > 0 or high < 0

    @pytest.mark.parametrize(
        ("draw_x", "draw_y", "of_welch", "of_permutations", "of_both"),
        [
            (normal, normal, 0.05, 0.05, 0.04),
            (wide, normal, 0.05, 0.2, 0.05),
            (skewed, skewed, 0.09, 0.05, 0.03),
            (with_failures, with_failures, 0.12, 0.05, 0.03),
        ],
    )
    def test_false_positives_of_unequal_sizes(
        self, draw_x, draw_y, of_welch, of_permutations, of_both
    ):
        """At most 5 % of equal methods differ at 5 %; by either test alone more, in one case or another."""
        rng = np.random.default_rng(1)
        x, y = draw_x(rng, (4000, 5)), draw_y(rng, (4000, 20))
        welch = stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue
        assert np.mean(welch <= 0.05) == pytest.approx(of_welch, abs=0.02)
        permuted = np.array([permutation_p(x[i], y[i], 199, i) for i in range(600)])
        assert np.mean(permuted <= 0.05) == pytest.approx(of_permutations, abs=0.035)
        both = np.maximum(permuted, welch[:600])
        assert np.mean(both <= 0.05) == pytest.approx(of_both, abs=0.02)

    def test_false_positives_at_the_level_of_a_correction(self):
        """Of permutations alone many times as many as the level of eight comparisons says."""
        rng = np.random.default_rng(1)
        x, y = wide(rng, (300, 5)), normal(rng, (300, 20))
        permuted = np.array([permutation_p(x[i], y[i], 999, i) for i in range(300)])
        assert np.mean(permuted <= 0.05 / 8) == pytest.approx(0.1, abs=0.04)
        both = np.maximum(permuted, stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue)
        assert np.mean(both <= 0.05 / 8) <= 0.02


class TestEquivalence:
    def test_lakens(self):
        """Lakens 2017, on a replication by Moery & Calin-Jageman 2016: t(182) = -2.69, p = 0.004, margin 0.384."""
        x, y = sample(5.25, 0.95, 95), sample(5.22, 0.83, 89)
        assert equivalence_p(x, y, 0.384) == pytest.approx(0.004, abs=5e-4)
        assert stats.t.isf(equivalence_p(x, y, 0.384), 182) == pytest.approx(2.69, abs=0.01)

    @pytest.mark.parametrize(("n", "m"), [(2, 2), (5, 20), (9, 4)])
    def test_two_one_sided_tests(self, n, m):
        rng = np.random.default_rng(n)
        x, y = rng.normal(0.01, 0.02, n), rng.normal(0, 0.01, m)
        for margin in (0.005, 0.02, 0.05):
            above = stats.ttest_ind(x, y - margin, equal_var=False, alternative="greater").pvalue
            below = stats.ttest_ind(x, y + margin, equal_var=False, alternative="less").pvalue
            assert equivalence_p(x, y, margin) == pytest.approx(max(above, below))
            assert equivalence_p(y, x, margin) == pytest.approx(max(above, below))
            if min(n, m) >= 5:
                _, low, high = difference_interval(x, y, 0.1)
                assert (equivalence_p(x, y, margin) <= 0.05) == (-margin <= low and high <= margin)

    def test_of_values_that_do_not_vary(self):
        x, y = np.full(5, 0.75), np.full(5, 0.5)
        assert [equivalence_p(x, y, margin) for margin in (0.2, 0.25, 0.3)] == [1, 1, 0]
        assert equivalence_p(x[:1], y, 1.0) == 1

    def test_false_positives_at_the_margin(self):
        rng = np.random.default_rng(5)
        samples = zip(
            rng.normal(0.02, 0.015, (2000, 7)), rng.normal(0, 0.015, (2000, 28)), strict=True
        )
        found = [equivalence_p(x, y, 0.02) <= 0.05 for x, y in samples]
        assert np.mean(found) == pytest.approx(0.05, abs=0.015)
