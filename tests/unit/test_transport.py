"""Exact optimal transport against cases whose answer is known."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from showergan.errors import UserError
from showergan.tasks.toys.metrics import LARGEST, wasserstein_2


def test_by_hand():
    real, generated = [[0, 0], [10, 0]], [[10, 3], [0, 4]]
    assert wasserstein_2(real, generated, seed=1).value == pytest.approx(np.sqrt((16 + 9) / 2))


def test_a_shift_is_its_length():
    points = np.random.default_rng(1).normal(size=(200, 3))
    shifted = wasserstein_2(points, points + np.array([1, 2, 2]), seed=1)
    assert shifted.value == pytest.approx(3)
    assert shifted.n == 200
    assert shifted.event_sd > 0


def test_equal_samples_in_any_order_are_0_apart():
    points = np.random.default_rng(1).normal(size=(50, 2))
    assert wasserstein_2(points, points[::-1], seed=1).value == 0


def test_on_a_line_pairs_are_sorted():
    """Peyré & Cuturi 2019, remark 2.28; the 1-distance, which SciPy knows, is never larger."""
    a, b = np.random.default_rng(2).normal(size=(2, 300))
    found = wasserstein_2(a[:, None], 2 * b[:, None] + 1, seed=1).value
    expected = np.sqrt(np.mean((np.sort(a) - np.sort(2 * b + 1)) ** 2))
    assert found == pytest.approx(expected)
    assert found >= wasserstein_distance(a, 2 * b + 1)


def test_gaussians_have_a_closed_form():
    """W2^2 = |m1 - m2|^2 + |s1 - s2|^2 for Gaussians of diagonal covariance, up to the size of the samples."""
    random = np.random.default_rng(3)
    a = random.normal(size=(LARGEST, 2))
    b = random.normal(size=(LARGEST, 2)) * [1, 3] + [4, 0]
    assert wasserstein_2(a, b, seed=1).value == pytest.approx(np.sqrt(16 + 4), rel=0.05)


def test_large_samples_are_cut_by_the_seed(monkeypatch):
    monkeypatch.setattr("showergan.tasks.toys.metrics.LARGEST", 200)
    points = np.random.default_rng(1).normal(size=(400, 2))
    one, two = (wasserstein_2(points, -points, seed=seed) for seed in (1, 2))
    assert one.n == 200
    assert one.value != two.value
    assert one == wasserstein_2(points, -points, seed=1)


def test_points_that_are_not_finite_are_refused():
    with pytest.raises(UserError, match="1 of 2 generated points are not finite"):
        wasserstein_2([[0, 0], [1, 1]], [[0, np.nan], [1, 1]], seed=1)


def test_nothing_is_undefined():
    assert np.isnan(wasserstein_2(np.empty((0, 2)), [[0, 0]], seed=1).value)
