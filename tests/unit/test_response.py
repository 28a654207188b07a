"""Response, residuals, diversity and their bootstrap against known distributions."""

import numpy as np
import pytest

from showergan.metrics.diversity import diversity
from showergan.metrics.measured import Measured, bootstrap_weights, mean_relative_difference
from showergan.tasks.showers.metrics.residuals import root_mean_square
from showergan.tasks.showers.metrics.response import response_and_resolution


def test_response_of_a_known_calorimeter():
    rng = np.random.default_rng(0)
    momentum = rng.uniform(1, 100, 20_000)
    energy = 150 * momentum * rng.normal(1, 0.1, 20_000)
    response, resolution = response_and_resolution(energy, momentum, seed=0)
    assert response.value == pytest.approx(150, rel=3e-3)
    assert resolution.value == pytest.approx(0.1, rel=0.02)
    assert response.event_sd == pytest.approx(15 / np.sqrt(20_000), rel=0.3)
    # sd of a standard deviation: sigma / sqrt(2 n)
    assert resolution.event_sd == pytest.approx(0.1 / np.sqrt(40_000), rel=0.3)
    assert response.n == 20_000


def test_response_does_not_depend_on_units():
    rng = np.random.default_rng(1)
    momentum, energy = rng.uniform(1, 9, 50), rng.uniform(100, 900, 50)
    (a, b), (c, d) = (
        response_and_resolution(scale * energy, scale * momentum, seed=0) for scale in (1, 1000)
    )
    np.testing.assert_allclose(a, c)
    np.testing.assert_allclose(b, d)


def test_response_of_nothing():
    response, resolution = response_and_resolution(np.zeros(5), np.ones(5), seed=0)
    assert response.value == 0
    assert np.isnan(resolution.value)
    response, _ = response_and_resolution([np.nan, 3.0], [1.0, 1.0], seed=0)
    assert np.isnan(response.value)
    assert response.n == 1


def test_root_mean_square():
    rng = np.random.default_rng(0)
    found = root_mean_square(np.append(rng.normal(0, 2, 10_000), np.nan), seed=0)
    assert found.value == pytest.approx(2, rel=0.02)
    assert found.event_sd == pytest.approx(2 / np.sqrt(20_000), rel=0.3)
    assert found.n == 10_000
    assert np.isnan(root_mean_square([np.nan], seed=0).value)


def test_mean_relative_difference():
    values = [Measured(11, event_sd=0.1, n=9), Measured(6, event_sd=0.1, n=5)]
    real = [Measured(10, event_sd=0, n=7), Measured(8, event_sd=0, n=8)]
    found = mean_relative_difference(values, real)
    assert found.value == pytest.approx((0.1 + 0.25) / 2)
    assert found.event_sd == pytest.approx(np.hypot(0.01, 0.1 / 8) / 2)
    assert found.n == 5


def test_diversity_is_the_ratio_of_distances():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(2, 3000, 5))
    assert diversity(real, other, seed=0).value == pytest.approx(1, abs=0.04)
    half = diversity(real, 0.5 * other + 7, seed=0)
    assert half.value == pytest.approx(0.5, abs=0.02)
    assert 0.001 < half.event_sd < 0.02
    assert diversity(real, np.zeros((3000, 5)), seed=0).value == 0
    assert np.isnan(diversity(real, other[:1], seed=0).value)


def test_a_few_outliers_do_not_hide_a_collapse():
    real = np.random.default_rng(0).normal(size=(1000, 5))
    collapsed = np.zeros((1000, 5))
    collapsed[:10] = 1e9
    assert diversity(real, collapsed, seed=0).value == 0


def test_weights_draw_every_event_equally_often():
    weights = bootstrap_weights(40, np.random.default_rng(0), 2000)
    assert (weights.sum(axis=1) == 40).all()
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.1)
    assert weights.var() == pytest.approx(1 - 1 / 40, rel=0.03)  # multinomial
