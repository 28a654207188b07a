import numpy as np
import pytest
from scipy import stats

from showergan.errors import UserError
from showergan.metrics.quantities import separation_power, wasserstein

BOTH = pytest.mark.parametrize("distance", [separation_power, wasserstein])


def separation(real, generated):
    return separation_power(real, generated, seed=0).value


def w1(real, generated):
    return wasserstein(real, generated, seed=0).value


# Separation power


def test_two_values_by_hand():
    real, generated = np.repeat([0.0, 1.0], [60, 40]), np.repeat([0.0, 1.0], [20, 80])
    expected = (0.4**2 / 0.8 + 0.4**2 / 1.2) / 2
    assert separation(real, generated) == pytest.approx(expected)
    assert separation(generated, real) == pytest.approx(expected)


def test_integers_keep_to_themselves():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(20), 2)
    real, generated = (rng.choice(20, 5000, p=shares) for shares in (p, q))
    p, q = (np.bincount(values, minlength=20) / 5000 for values in (real, generated))
    assert separation(real, generated) == pytest.approx(((p - q) ** 2 / (p + q)).sum() / 2)


def test_gaussians_by_their_distribution_functions():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=200_000), rng.normal(0.5, 1.2, 200_000)
    edges = np.linspace(*stats.norm.ppf([0.005, 0.995]), 49)
    p, q = (
        np.diff([0, *stats.norm.cdf(edges, mean, width), 1]) for mean, width in ((0, 1), (0.5, 1.2))
    )
    expected = ((p - q) ** 2 / (p + q)).sum() / 2
    assert separation(real, generated) == pytest.approx(expected, rel=0.02)


def test_equal_and_disjoint_samples():
    values = np.random.default_rng(0).normal(size=1000)
    assert separation(values, np.random.default_rng(1).permutation(values)) == 0
    for shift in (-100, 100):
        assert separation(values, values + shift) == pytest.approx(1, abs=0.011)


def test_fluctuations_of_equal_distributions():
    rng = np.random.default_rng(0)
    scores = [separation(rng.normal(size=1000), rng.normal(size=500)) for _ in range(100)]
    assert np.mean(scores) == pytest.approx(12 * (1 / 1000 + 1 / 500), rel=0.1)


@pytest.mark.parametrize("value", [1e13, -1e13, np.nan, np.inf])
def test_outlying_and_undefined_values_are_counted(value):
    values = np.linspace(0, 1, 10_000)
    generated = np.append(values, np.full(10_000, value))
    # Half of the generated events lie in a bin with at most 0.5 % of the real ones.
    expected = (0.5**2 / 0.5 + 0.5**2 / 1.5) / 2
    assert separation(values, generated) == pytest.approx(expected, abs=0.01)
    assert separation(generated, generated) == 0
    assert separation_power(values, generated, seed=0).n == 10_000


def test_outliers_of_the_real_sample_leave_the_bins_alone():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=10_000), rng.normal(0.3, 1, 10_000)
    plain = separation(real, generated)
    real[:10] = 1e13
    assert separation(real, generated) == pytest.approx(plain, abs=0.003)


def test_the_bins_are_those_of_the_real_sample():
    real, generated = np.linspace(0, 48, 4801), np.linspace(20.1, 20.3, 1000)
    p = 0.99 / 48
    expected = ((1 - p) ** 2 / (1 + p) + 1 - p) / 2
    assert separation(real, generated) == pytest.approx(expected, abs=1e-3)


def test_constants():
    ones = np.ones(100)
    for constant in (ones, 0.1 * ones, np.nan * ones):
        assert separation(constant, constant) == 0
    for other in (ones + 1, ones - 1, np.nan * ones):
        assert separation(ones, other) == 1
        assert separation(other, ones) == 1
    mixed = np.repeat([0.0, 1.0, 2.0], [25, 50, 25])
    assert separation(ones, mixed) == pytest.approx((0.5**2 / 1.5 + 0.25 + 0.25) / 2)


def test_few_events():
    assert separation([1.0], [1.0]) == 0
    assert separation([1.0], [2.0]) == 1
    empty = separation_power([], [1.0], seed=0)
    assert np.isnan(empty.value)
    assert empty.n == 0


# Wasserstein distance


def test_a_shift_is_its_own_distance():
    values = np.random.default_rng(0).normal(size=1000)
    assert w1(values, values) == 0
    assert w1(values, values + 0.25) == pytest.approx(0.25)
    assert w1(values, values - 1e13) == pytest.approx(1e13)


def test_wasserstein_against_scipy_and_its_scaling():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=700), rng.exponential(size=400)
    distance = w1(real, generated)
    assert distance == pytest.approx(stats.wasserstein_distance(real, generated))
    assert w1(generated, real) == pytest.approx(distance)
    assert w1(-3 * real + 5, -3 * generated + 5) == pytest.approx(3 * distance)
    scaled = wasserstein(-3 * real, -3 * generated, seed=0).event_sd
    assert scaled == pytest.approx(3 * wasserstein(real, generated, seed=0).event_sd)


def test_wasserstein_of_the_defined_values():
    real = np.array([0.0, 1, np.nan, 2, np.inf])
    result = wasserstein(real, [5.0, np.nan], seed=0)
    assert result.value == pytest.approx(4)
    assert result.n == 1
    none = wasserstein(real, [np.nan], seed=0)
    assert np.isnan([none.value, none.event_sd]).all()
    assert none.n == 0


# Both


@BOTH
@pytest.mark.parametrize("shift", [0.5, 2])
def test_event_sd_is_the_spread_over_fresh_samples(distance, shift):
    rng = np.random.default_rng(0)
    results = [
        distance(rng.normal(size=1000), rng.normal(shift, 1, 500), seed=seed) for seed in range(150)
    ]
    spread = np.std([result.value for result in results], ddof=1)
    assert np.mean([result.event_sd for result in results]) == pytest.approx(spread, rel=0.3)
    assert np.isnan(results[0].sd)
    assert results[0].n == 500


@BOTH
def test_event_sd_is_not_too_small_for_equal_distributions(distance):
    rng = np.random.default_rng(0)
    results = [distance(*rng.normal(size=(2, 500)), seed=seed) for seed in range(100)]
    spread = np.std([result.value for result in results], ddof=1)
    assert 0.9 < np.mean([result.event_sd for result in results]) / spread < 2.2


@BOTH
def test_noise_raises_the_distance(distance):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(2, 3000))
    noise = rng.normal(0, 4, 3000)
    values = [
        distance(real, np.where(rng.random(3000) < share, noise, generated), seed=0).value
        for share in (0, 0.1, 0.3, 0.6, 1)
    ]
    assert (np.diff(values) > 0.01).all()


@BOTH
def test_seed_and_order(distance):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(2, 500))
    result = distance(real, generated, seed=3)
    assert distance(real, generated, seed=3)[2] == result.event_sd
    assert distance(real, generated, seed=4)[2] != result.event_sd
    shuffled = distance(rng.permutation(real), rng.permutation(generated), seed=3)
    assert shuffled.value == pytest.approx(result.value)


@BOTH
def test_bad_shapes_are_named(distance):
    with pytest.raises(UserError, match=r"\(2, 3\) and \(4,\)"):
        distance(np.zeros((2, 3)), np.zeros(4), seed=0)
