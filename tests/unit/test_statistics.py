"""Physics statistics against the published code, and the depth of showers whose centre is put in a known place."""

import math

import numpy as np
import pytest

from showergan.errors import UserError
from showergan.tasks.showers import calorimeter, gflash, statistics
from showergan.tasks.showers.calorimeter import DEPTH_CM, FRONT_FACE_CM
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.statistics import (
    FLAGS,
    STATISTICS,
    DepthFit,
    energy_centre,
    observables,
    physics_statistics,
)


def showers(n, seed=0, depth=25):
    """Blobs about the impact point, with entry points and momenta."""
    rng = np.random.default_rng(seed)
    point = rng.normal(0, 2.5, (n, 2))
    pz = rng.uniform(1, 50, n)
    momentum = np.column_stack([pz * rng.normal(0, 0.15, n), pz * rng.normal(0, 0.15, n), pz])
    centre = point + depth * momentum[:, :2] / pz[:, None] + rng.normal(0, 1, (n, 2))
    cells = np.arange(30) - 14.5
    gap2 = (cells - centre[:, 0, None, None]) ** 2 + (
        cells[:, None] - centre[:, 1, None, None]
    ) ** 2
    energy = np.exp(-gap2 / 8) * rng.exponential(100, (n, 30, 30))
    return energy, point, momentum


def slope_based(energy, point, momentum, depth):
    """Evaluate one event as the original code does: with lines y(x) given by their slopes."""
    (px, py, pz), (x, y) = momentum, point
    x0, y0 = x + depth * px / pz, y + depth * py / pz
    xx, yy = np.meshgrid(np.linspace(-14.5, 14.5, 30), np.linspace(-14.5, 14.5, 30))

    def asymmetry(above):
        return (energy[above].sum() - energy[~above].sum()) / energy.sum()

    def width(above):
        z = above.astype(float)
        line = np.zeros((30, 30))
        line[:, :-1] += np.abs(np.diff(z, axis=1))
        line[:-1, :] += np.abs(np.diff(z, axis=0))
        w = np.minimum(line, 1) * energy
        arc = math.sqrt(1 + (py / px) ** 2)
        first = (w * arc * xx).sum() / (w.sum() + 1e-5)
        second = (w * (arc * xx) ** 2).sum() / (w.sum() + 1e-5)
        return math.sqrt(second - first**2)

    sign = 1 if py > 0 else -1
    return [
        asymmetry(~((yy - (-(xx - x0) / (py / px) + y0)) * sign < 0)),
        asymmetry(~(yy - ((xx - x0) / (px / py) + y0) < 0)),
        width(~((yy - ((xx - x0) / (py / px) + y0)) * -sign < 0)),
        width(~(yy - (-(xx - x0) / (px / py) + y0) < 0)),
    ]


def cell_by_cell(energy, point, momentum, depth):
    """Evaluate the corrected form of one event without arrays."""
    (px, py, pz), (x, y) = momentum, point
    pt = math.hypot(px, py)
    ux, uy = px / pt, py / pt
    total = along = across = 0.0
    on_axis, on_normal = [], []
    for i in range(30):
        for j in range(30):
            e = energy[i, j]
            dx, dy = j - 14.5 - x - depth * px / pz, i - 14.5 - y - depth * py / pz
            t, v = dx * ux + dy * uy, -dx * uy + dy * ux
            total += e
            along += e if t >= 0 else -e
            across += e if v >= 0 else -e
            corners = [(dx + a, dy + b) for a in (-0.5, 0.5) for b in (-0.5, 0.5)]
            if (
                min(-a * uy + b * ux for a, b in corners)
                <= 0
                <= max(-a * uy + b * ux for a, b in corners)
            ):
                on_axis.append((e, t))
            if (
                min(a * ux + b * uy for a, b in corners)
                <= 0
                <= max(a * ux + b * uy for a, b in corners)
            ):
                on_normal.append((e, v))

    def deviation(pairs):
        weight = sum(e for e, _ in pairs)
        mean = sum(e * c for e, c in pairs) / weight
        return math.sqrt(sum(e * (c - mean) ** 2 for e, c in pairs) / weight)

    return [along / total, across / total, deviation(on_axis), deviation(on_normal)]


@pytest.mark.parametrize(
    ("form", "naive"), [("published", slope_based), ("corrected", cell_by_cell)]
)
@pytest.mark.parametrize("depth", [25, 5.7])
def test_both_forms_agree_with_a_direct_evaluation(form, naive, depth):
    events = showers(40, depth=depth)
    result = physics_statistics(*events, form, depth)
    assert not result.flags.any() and np.isfinite(result.values).all()
    expected = [naive(*event, depth) for event in zip(*events, strict=True)]
    np.testing.assert_allclose(result.values, expected, rtol=1e-9, atol=1e-9)


def test_chunks_do_not_show(monkeypatch):
    events = showers(25)
    whole = physics_statistics(*events, "corrected", 25).values
    monkeypatch.setattr(statistics, "_CHUNK", 7)
    np.testing.assert_array_equal(physics_statistics(*events, "corrected", 25).values, whole)


@pytest.mark.parametrize("form", ["published", "corrected"])
def test_several_images_of_a_shower_are_measured_as_each_alone(form):
    energy, point, momentum = showers(25)
    # One with other zeros, one without energy, one that is not a number; a particle without direction.
    images = np.stack([energy, np.where(energy > np.median(energy), energy, 0)])
    images[1, 3], images[0, 4, 2, 2], momentum[5, :2] = 0, np.nan, 0
    together = physics_statistics(images, point, momentum, form, 25)
    for image, values, flags in zip(images, *together, strict=True):
        alone = physics_statistics(image, point, momentum, form, 25)
        np.testing.assert_array_equal(values, alone.values)
        np.testing.assert_array_equal(flags, alone.flags)
    assert together.flags.any(axis=(0, 1))[:2].all()


def test_corrected_form_turns_and_mirrors_with_the_event():
    energy, point, momentum = showers(40)
    plain = physics_statistics(energy, point, momentum, "corrected", 25).values

    # By 90 degrees: x -> y, y -> -x, so rows (y) become columns reversed.
    turned_point = np.column_stack([-point[:, 1], point[:, 0]])
    turned_momentum = np.column_stack([-momentum[:, 1], momentum[:, 0], momentum[:, 2]])
    turned_energy = energy.transpose(0, 2, 1)[:, :, ::-1]
    turned = physics_statistics(
        turned_energy, turned_point, turned_momentum, "corrected", 25
    ).values
    np.testing.assert_allclose(turned, plain, rtol=1e-9, atol=1e-9)

    mirrored = physics_statistics(
        energy[:, :, ::-1], point * [-1, 1], momentum * [-1, 1, 1], "corrected", 25
    ).values
    np.testing.assert_allclose(mirrored, plain * [1, -1, 1, 1], rtol=1e-9, atol=1e-9)


def test_corrected_widths_tell_long_from_broad():
    cells = np.arange(30) - 14.5
    energy = np.exp(-(cells**2) / (2 * 4**2))[None, :, None] * np.exp(-(cells**2) / 2)[None, None]
    up = physics_statistics(energy, [[0.5, 0.5]], [[0.01, 1, 1e3]], "corrected", 25).values[0]
    right = physics_statistics(energy, [[0.5, 0.5]], [[1, 0.01, 1e3]], "corrected", 25).values[0]
    np.testing.assert_allclose(up[2:], [4, 1], rtol=0.03)
    np.testing.assert_allclose(right[2:], [1, 4], rtol=0.03)


def degenerate():
    """An empty image, one with pT = 0, one whose lines meet no energy, one with px = 0, a good one."""
    energy, point, momentum = showers(5)
    energy[0] = 0
    momentum[1, :2] = 0
    energy[2] = np.eye(30, 1) @ np.eye(1, 30)  # all energy in one corner
    momentum[3, 0] = 0
    return energy, point, momentum


def test_corrected_form_gives_nan_and_a_flag_where_undefined():
    result = physics_statistics(*degenerate(), "corrected", 25)
    assert np.isnan(result.values[:2]).all()
    assert np.isnan(result.values[2, 2:]).all()
    assert np.isfinite(result.values[2, :2]).all()
    assert np.isfinite(result.values[3:]).all()
    assert result.flags.astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 1, 0],
        [0] * 5,
        [0] * 5,
    ]


def test_at_normal_incidence_but_for_rounding_nothing_tells_along_from_across():
    energy, point, momentum = showers(3)
    momentum[0, :2] = 1e-8 * momentum[0, 2]
    momentum[1, :2] = 1e-3 * momentum[1, 2]  # the spread of a test beam's directions
    result = physics_statistics(energy, point, momentum, "corrected", 25)
    assert result.flags[:, 1].tolist() == [True, False, False]
    assert np.isnan(result.values).all(axis=1).tolist() == [True, False, False]


def test_published_form_gives_its_numbers_and_a_flag_where_undefined():
    result = physics_statistics(*degenerate(), "published", 25)
    np.testing.assert_array_equal(result.values[0], [np.nan, np.nan, 0, 0])
    np.testing.assert_array_equal(result.values[1], [1, 1, 0, 0])
    assert (result.values[2, 2:] == 0).all()
    assert (result.values[3, 2:] == 0).all()
    assert result.flags.astype(int).tolist() == [
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 0, 0, 1],
        [0] * 5,
    ]


@pytest.mark.parametrize("form", ["published", "corrected"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_broken_cell_makes_the_event_invalid(form, bad):
    energy, point, momentum = showers(3)
    energy[1] = bad
    result = physics_statistics(energy, point, momentum, form, 25)
    assert np.isfinite(result.values).tolist() == [[True] * 4, [False] * 4, [True] * 4]


def test_names_and_shapes():
    result = physics_statistics(*showers(3), "corrected", 25)
    assert len(STATISTICS) == 4
    assert result.values.shape == (3, 4)
    assert result.flags.shape == (3, len(FLAGS))


def test_bad_input_is_refused():
    energy, point, momentum = showers(3)
    with pytest.raises(UserError, match="shapes"):
        physics_statistics(energy[:2], point, momentum, "corrected", 25)
    with pytest.raises(UserError, match="form"):
        physics_statistics(energy, point, momentum, "other", 25)
    with pytest.raises(UserError, match="impact"):
        physics_statistics(energy, point, momentum * [1, 1, 0], "corrected", 25)


def test_observables():
    energy = np.zeros((2, 30, 30))
    energy[0, 3, 20] = 30  # y = -11.5, x = 5.5
    energy[0, 5, 20] = 10  # y = -9.5
    energy[0, 0, 0] = 1e-6  # a network's dust
    table = observables(energy)
    np.testing.assert_allclose(table["total_energy_MeV"], [40, 0], rtol=1e-6)
    np.testing.assert_allclose(table["occupancy"], [2 / 900, 0])
    np.testing.assert_allclose(table["centre_x_cm"], [5.5, np.nan], rtol=1e-5)
    np.testing.assert_allclose(table["centre_y_cm"], [-11, np.nan], rtol=1e-5)


# Centre of energy and depth


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
    energy, point, slope, _ = calorimeter.sample_electrons(400, rng)
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
