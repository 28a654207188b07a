"""Centre of energy and depth, against showers whose centre is put in a known place."""

import numpy as np
import pytest

from showergan.tasks.showers import calorimeter, gflash
from showergan.tasks.showers.calorimeter import DEPTH_CM, FRONT_FACE_CM
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.statistics import DepthFit, energy_centre, physics_statistics


def placed(centre):
    """Return images (n, 30, 30) with four lit cells each, whose centre of energy is `centre` (n, 2) [cm]."""
    energy = np.zeros((len(centre), 30, 30))
    low = np.floor(centre + 14.5).astype(int)
    part = centre + 14.5 - low
    for image, (j, i), (a, b) in zip(energy, low, part, strict=True):
        image[i : i + 2, j : j + 2] = np.outer([1 - b, b], [1 - a, a])
    return energy


def showers_at(depth, n=50, noise=0.0):
    """Return showers of very different energies whose centres are at a depth, but for noise in cm."""
    rng = np.random.default_rng(0)
    point = rng.normal(0, 2, (n, 2))
    momentum = rng.normal([0, 0, 1], [0.1, 0.3, 0.0], (n, 3))
    momentum *= rng.uniform(1, 50, (n, 1))
    centre = point + depth * momentum[:, :2] / momentum[:, 2:] + rng.normal(0, noise, (n, 2))
    return Showers(placed(centre) * rng.exponential(100, (n, 1, 1)), point, momentum, None)


def fit_of(*chunks):
    fit = DepthFit()
    for chunk in chunks:
        fit.add(chunk)
    return fit


def test_centre_of_images_with_a_known_one():
    centre = np.random.default_rng(1).uniform(-14, 14, (20, 2))
    np.testing.assert_allclose(energy_centre(placed(centre)), centre, atol=1e-12)
    assert np.isnan(energy_centre(np.zeros((1, 30, 30)))).all()


@pytest.mark.parametrize("depth", [5.7, 12.0, 0.0, -3.0])
def test_showers_at_a_known_depth_give_it_back(depth):
    assert fit_of(showers_at(depth)).depth_cm == pytest.approx(depth, abs=1e-12)


def test_noisy_showers_give_numpys_least_squares_of_both_coordinates():
    showers = showers_at(5.7, noise=1)
    slope = (showers.momentum[:, :2] / showers.momentum[:, 2:]).reshape(-1, 1)
    way = (energy_centre(showers.energy) - showers.point).reshape(-1)
    (expected,), *_ = np.linalg.lstsq(slope, way)
    assert fit_of(showers).depth_cm == pytest.approx(expected, rel=1e-12)
    assert abs(expected - 5.7) > 0.01


def test_depth_does_not_depend_on_chunks_energies_or_axes():
    showers = showers_at(5.7, noise=1)
    depth = fit_of(showers).depth_cm
    chunks = [showers.select(slice(first, first + 7)) for first in range(0, 50, 7)]
    assert fit_of(*chunks).depth_cm == pytest.approx(depth, rel=1e-12)
    factor = np.random.default_rng(2).uniform(0.1, 10, (50, 1, 1))
    scaled = Showers(showers.energy * factor, showers.point, showers.momentum, None)
    assert fit_of(scaled).depth_cm == pytest.approx(depth, rel=1e-12)
    # By 90 degrees: x -> y, y -> -x, so rows (y) become columns reversed.
    (x, y), (px, py, pz) = showers.point.T, showers.momentum.T
    turned = Showers(
        showers.energy.transpose(0, 2, 1)[:, :, ::-1],
        np.column_stack([-y, x]),
        np.column_stack([-py, px, pz]),
        None,
    )
    assert fit_of(turned).depth_cm == pytest.approx(depth, rel=1e-12)


def test_showers_without_energy_are_counted_and_change_nothing():
    showers = showers_at(5.7, noise=1)
    kept = np.arange(50) % 10 != 0
    showers.energy[~kept] = 0
    fit, expected = fit_of(showers), fit_of(showers.select(kept))
    assert fit.n_without_energy == 5
    assert fit.depth_cm == expected.depth_cm


def test_depth_without_inclined_showers_is_zero():
    showers = showers_at(5.7)
    showers.momentum[:, :2] = 0
    assert fit_of(showers).depth_cm == 0
    assert fit_of(showers.select(slice(0))).depth_cm == 0
    # Nor is one inclined by rounding: the least squares would be thousands of km.
    showers.momentum[:, :2] = 1e-8 * showers.momentum[:, 2:]
    assert fit_of(showers).depth_cm == 0


def test_depth_of_simulated_showers_is_that_of_their_spots():
    rng = np.random.default_rng(5)
    energy, point, slope = calorimeter.sample_particles(400, rng)
    direction = np.column_stack([slope, np.ones(400)])
    norm = np.linalg.norm(direction, axis=1)
    spots = gflash.sample_spots(energy, DEPTH_CM / gflash.RADIATION_LENGTH_CM * norm, rng)
    images = gflash.images(spots, point, slope)
    shower = np.repeat(np.arange(400), spots.counts)
    along = np.bincount(shower, spots.depth * spots.energy) / np.bincount(shower, spots.energy)
    z = FRONT_FACE_CM + gflash.RADIATION_LENGTH_CM * along / norm
    steep = (slope**2).sum(axis=1)
    fit = fit_of(Showers(images, point, energy[:, None] * direction / norm[:, None], None))
    # Energy lost at the edges of the image lies deeper than the mean, so the fit is a little short.
    assert fit.depth_cm == pytest.approx((z * steep).sum() / steep.sum(), abs=0.4)


def test_statistics_of_simulated_showers_are_all_defined_at_their_depth():
    (showers,) = gflash.simulate(250, seed=3)
    depth = fit_of(showers).depth_cm
    sample = showers.energy, showers.point, showers.momentum, "corrected"
    at_depth, published = (physics_statistics(*sample, z) for z in (depth, 25))
    assert not at_depth.flags.any() and np.isfinite(at_depth.values).all()
    assert 0 < published.flags.any(axis=1).mean() < 0.05
    asymmetry = at_depth.values[:, 0]
    assert abs(np.median(asymmetry)) < 0.2
    assert (np.abs(asymmetry) > 0.95).mean() < 0.02
    assert (np.abs(published.values[:, 0]) > 0.95).mean() > 0.2
