"""Near copies within a sample, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from showergan.metrics.diversity import duplicates


def points(n, d=3, seed=0):
    return np.random.default_rng(seed).random((n, d))


def test_equal_distributions_have_one_percent():
    found = duplicates(points(10_000), points(10_000, seed=1), seed=0)
    assert found.value == pytest.approx(0.01, abs=4 * found.event_sd)
    assert found.event_sd == pytest.approx(np.sqrt(found.value * (1 - found.value) / 10_000))
    assert found.n == 10_000


@pytest.mark.parametrize("times", [2, 10])
def test_a_density_that_is_times_as_large(times):
    """All of the sample in 1/times of the volume: P(a neighbour within r) = 1 - exp(-times n volume(r))."""
    packed = points(10_000, seed=1) * [1 / times, 1, 1]
    found = duplicates(points(10_000), packed, seed=0)
    # The closest 1 % of the real points are 100, a number with an sd of about 14 (pairs: neighbours are mutual).
    assert found.value == pytest.approx(1 - 0.99**times, rel=0.45)


@pytest.mark.parametrize("k", [10, 100, 1000])
@pytest.mark.parametrize("noise", [0.0, 1e-7])
def test_k_distinct_showers_drawn_n_times(k, noise):
    n, random = 1000, np.random.default_rng(1)
    drawn = points(k, seed=2)[random.integers(k, size=n)] + noise * random.normal(size=(n, 3))
    found = duplicates(points(n), drawn, seed=0)
    expected = 1 - (1 - 1 / k) ** (n - 1)
    # Of those drawn once a few lie close to another by chance.
    tolerance = 4 * np.sqrt(stats.binom.var(n, expected)) / n + 0.01
    assert found.value == pytest.approx(expected, abs=tolerance)


def test_real_copies_leave_exact_copies_only():
    """Where the real showers repeat themselves, as empty ones do, only what coincides counts."""
    real = points(1000)
    real[:100] = 0
    assert duplicates(real, points(1000, seed=1), seed=0).value == 0
    assert duplicates(real, np.zeros((1000, 3)), seed=0).value == 1


def test_order_and_size():
    real, other = points(500), np.repeat(points(250, seed=1), 2, axis=0)
    assert duplicates(real, other, seed=0).value == 1
    assert duplicates(real, other[::-1], seed=3).value == 1
    assert duplicates(real, other, seed=0).n == 500
    assert np.isnan(duplicates(real, other[:1], seed=0).value)
