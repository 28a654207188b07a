"""Toy distributions and the measures of their modes."""

import numpy as np
import pytest
from sklearn.datasets import make_swiss_roll

from showergan.tasks.toys.metrics import modes_found, share_near_a_mode, wasserstein_2
from showergan.tasks.toys.points import DISTRIBUTIONS


def sample(name, n=4000, seed=1):
    return DISTRIBUTIONS[name].sample(n, np.random.default_rng(seed))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_samples_are_repeatable_and_about_of_unit_variance(name):
    points = sample(name)
    assert points.shape == (4000, 2)
    assert points.dtype == np.float32
    np.testing.assert_array_equal(points, sample(name))
    assert not np.array_equal(points, sample(name, seed=2))
    assert points.std(axis=0) == pytest.approx(1, abs=0.15)


def test_eight_gaussians_lie_on_a_circle():
    """Gulrajani et al. 2017: radius 2, sd 0.02, all over sqrt 2."""
    points = sample("gaussians_8")
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.sqrt(2), abs=0.08)
    angles = np.degrees(np.arctan2(points[:, 1], points[:, 0])) % 45
    off = np.minimum(angles, 45 - angles)
    assert off.max() < 5
    assert len(DISTRIBUTIONS["gaussians_8"].modes) == 8


def test_twenty_five_gaussians_lie_on_a_grid():
    """The published code puts them 2 apart, with sd 0.05, and divides by the sd of the grid, sqrt 8."""
    steps = sample("gaussians_25") * np.sqrt(8) / 2
    assert set(np.unique(steps.round())) == {-2, -1, 0, 1, 2}
    assert (steps - steps.round()).std() == pytest.approx(0.025, rel=0.05)
    assert len(DISTRIBUTIONS["gaussians_25"].modes) == 25


def test_the_roll_is_that_of_scikit_learn():
    """Gulrajani et al. 2017: scikit-learn's Swiss roll with noise 0.25, seen from the side, over 7.5."""
    theirs = make_swiss_roll(4000, noise=0.25, random_state=1)[0][:, [0, 2]] / 7.5
    other = make_swiss_roll(4000, noise=0.25, random_state=2)[0][:, [0, 2]] / 7.5
    floor = wasserstein_2(theirs, other, seed=1).value
    assert wasserstein_2(sample("swiss_roll"), theirs, seed=1).value < 1.5 * floor


@pytest.mark.parametrize(("name", "k"), [("gaussians_8", 8), ("gaussians_25", 25)])
def test_a_sample_of_the_truth_finds_all_modes(name, k):
    truth = DISTRIBUTIONS[name]
    found = modes_found(sample(name), truth.modes, truth.mode_sd)
    assert (found.value, found.n) == (k, 4000)
    # Within 4 sd of a two-dimensional Gaussian: 1 - exp(-8).
    near = share_near_a_mode(sample(name), truth.modes, truth.mode_sd)
    assert near.value == pytest.approx(1 - np.exp(-8), abs=2e-3)


def test_a_collapsed_sample_finds_one_mode():
    truth = DISTRIBUTIONS["gaussians_8"]
    points = np.repeat(truth.modes[:1], 100, axis=0)
    assert modes_found(points, truth.modes, truth.mode_sd).value == 1
    assert share_near_a_mode(points, truth.modes, truth.mode_sd).value == 1


def test_points_between_modes_are_near_none():
    truth = DISTRIBUTIONS["gaussians_8"]
    points = np.array([[0, 0], [np.nan, 0], truth.modes[3]])
    near = share_near_a_mode(points, truth.modes, truth.mode_sd)
    assert near.value == pytest.approx(1 / 3)
    assert near.event_sd == pytest.approx(np.sqrt(2 / 27))
    assert modes_found(points, truth.modes, truth.mode_sd).value == 1


def test_a_mode_needs_a_quarter_of_its_share():
    modes = np.array([[0.0, 0.0], [10.0, 0.0]])
    for rare, found in ((12, 1), (13, 2)):  # a quarter of the fair share of 100 points is 12.5
        points = np.vstack([np.zeros((100 - rare, 2)), np.tile(modes[1], (rare, 1))])
        assert modes_found(points, modes, 0.1).value == found
