"""The embedded showers against the formulas of hep-ex/0001020 and the checks of the project."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from showergan.tasks.showers import calorimeter, gflash
from showergan.tasks.showers.sample import Particles

CENTRES = np.arange(30) - 14.5
BACK = 42 / 1.641  # of the calorimeter, in radiation lengths
FAR = 100.0  # where no shower reaches


@pytest.fixture(scope="module")
def showers():
    """4 000 showers: energies, entry points, momenta."""
    chunks = list(gflash.simulate(4000, seed=1))
    return tuple(
        np.concatenate([getattr(chunk, name) for chunk in chunks])
        for name in ("energy", "point", "momentum")
    )


def spots_of(energy, seed, end=BACK):
    return gflash.sample_spots(energy, np.full(len(energy), end), np.random.default_rng(seed))


def one_spot(depth=1.0, radius=0.0, azimuth=0.0, energy=5.0):
    values = [np.array([value], np.float32) for value in (depth, radius, azimuth, energy)]
    return gflash.Spots(np.array([1]), *values)


def image_of(spots, point=(0, 0), slope=(0, 0)):
    n = len(spots.counts)
    return gflash.images(spots, np.tile(point, (n, 1)), np.tile(slope, (n, 1)))


# Longitudinal profile


def test_fluctuation_formulas():
    ln_y = math.log(10 / 9.39e-3)
    f = gflash.fluctuation(np.array([10.0]))
    expected = (
        math.log(ln_y - 0.812 - 0.55 / 2.735 - 0.69 * 0.348),
        1 / (-2.5 + 1.25 * ln_y),
        math.log(0.81 + (0.458 + 2.26 / 70.2) * ln_y - 0.476 / 2.735),
        1 / (-0.82 + 0.79 * ln_y),
        0.784 - 0.023 * ln_y,
    )
    np.testing.assert_allclose(np.concatenate(f), expected, rtol=1e-12)


def test_fluctuation_of_soft_showers_is_capped():
    f = gflash.fluctuation(np.array([0.3]))
    assert f.sd_ln_depth == 0.5
    assert f.sd_ln_shape == 0.5


def test_profiles_fluctuate_as_parameterised():
    n = 40_000
    energy = np.full(n, 10.0)
    f = gflash.fluctuation(energy[:1])
    ln_depth, ln_shape = np.log(gflash.sample_profiles(energy, np.random.default_rng(1)))
    for values, mean, sd in (
        (ln_depth, f.mean_ln_depth, f.sd_ln_depth),
        (ln_shape, f.mean_ln_shape, f.sd_ln_shape),
    ):
        assert values.mean() == pytest.approx(mean[0], abs=5 * sd[0] / n**0.5)
        assert values.std() == pytest.approx(sd[0], rel=0.02)
    assert np.corrcoef(ln_depth, ln_shape)[0, 1] == pytest.approx(f.correlation[0], abs=0.01)


def test_profiles_are_bounded():
    depth, shape = gflash.sample_profiles(np.full(50_000, 0.3), np.random.default_rng(1))
    assert depth.min() == 0.5
    assert shape.min() == 1.1


@pytest.mark.parametrize("energy", [2.0, 50.0])
def test_mean_longitudinal_profile_is_the_mean_gamma(energy):
    energies = np.full(1000, energy)
    depth, shape = gflash.sample_profiles(energies, np.random.default_rng(3))
    spots = spots_of(energies, 3)  # draws the same profiles
    edges = np.arange(0, 25, 1.0)
    cumulative = stats.gamma.cdf(edges[:, None], shape, scale=depth / (shape - 1))
    expected = np.diff(cumulative, axis=0).mean(axis=1)
    found, _ = np.histogram(spots.depth, edges, weights=spots.energy)
    found = found / (1000 * gflash.VISIBLE_FRACTION * energies.sum())
    np.testing.assert_allclose(found, expected, rtol=0.03, atol=1e-3)


def test_log_mean_profile_follows_the_gamma_of_the_mean_parameters():
    """Averaging ln T and ln alpha, not the profiles, gives the parameterised mean shower."""
    energies = np.full(500, 30.0)
    f = gflash.fluctuation(energies[:1])
    spots = spots_of(energies, 3)
    depth, shape = np.exp(f.mean_ln_depth[0]), np.exp(f.mean_ln_shape[0])
    edges = np.arange(0, 21, 1.0)
    mean_shower = np.diff(stats.gamma.cdf(edges, shape, scale=depth / (shape - 1)))
    found, _ = np.histogram(spots.depth, edges, weights=spots.energy)
    found = found / (1000 * gflash.VISIBLE_FRACTION * energies.sum())
    # The spread of T and alpha broadens the average; it stays near the mean shower.
    assert np.abs(found - mean_shower).max() < 0.012
    assert np.average(edges[:-1] + 0.5, weights=found) == pytest.approx(
        np.average(edges[:-1] + 0.5, weights=mean_shower), rel=0.02
    )


# Radial profile


def test_radial_formulas():
    tau, energy, e_hat, f_s, z = 0.8, 10.0, 0.652, 2.735, 70.2
    ln_e = math.log(energy)
    core = 0.0251 + 0.00319 * ln_e + (0.1162 - 0.000381 * z) * tau
    core += -0.0203 * (1 - e_hat) + 0.0397 / f_s * math.exp(-tau)
    growth = math.exp((0.3585 + 0.0421 * ln_e) * (tau - 0.645))
    tail = (0.659 - 0.00309 * z) * (math.exp(-2.59 * (tau - 0.645)) + growth)
    tail += -0.14 * (1 - e_hat) - 0.495 / f_s * math.exp(-tau)
    q = (0.401 + 0.00187 * z - tau) / (1.313 - 0.0686 * ln_e)
    p = (2.632 - 0.00094 * z) * math.exp(q - math.exp(q))
    p += (1 - e_hat) * (0.348 - 0.642 / f_s * math.exp(-((tau - 1) ** 2)))
    assert gflash.r_core(tau, energy) == pytest.approx(1.13 * core)
    assert gflash.r_tail(tau, energy) == pytest.approx(tail)
    assert gflash.p_core(tau, energy) == pytest.approx(0.885 * p)


def test_relative_depth_of_a_shower_of_the_mean_shape_counts_in_its_maximum():
    energy = np.array([10.0])
    shape = np.exp(gflash.fluctuation(energy).mean_ln_shape)
    tau = gflash.relative_depth(np.array([[2.0, 5.0]]), np.array([4.0]), shape, energy)
    np.testing.assert_allclose(tau, [[0.5, 1.25]])


def test_all_showers_of_one_energy_have_the_same_relative_depth_where_they_are_centred():
    energy = np.full(200, 10.0)
    depth, shape = gflash.sample_profiles(energy, np.random.default_rng(1))
    centre = stats.gamma.mean(shape, scale=depth / (shape - 1))
    mean_shape = math.exp(gflash.fluctuation(energy[:1]).mean_ln_shape[0])
    tau = gflash.relative_depth(centre[:, None], depth, shape, energy)
    np.testing.assert_allclose(tau[:, 0], mean_shape / (mean_shape - 1))


def test_radii_are_positive_and_the_probability_a_probability():
    tau, energy = np.meshgrid(np.linspace(0, 15, 200), np.geomspace(1, 100, 20))
    assert gflash.r_core(tau, energy).min() > 0
    assert gflash.r_tail(tau, energy).min() > 0
    p = gflash.p_core(tau, energy)
    assert p.min() >= 0
    assert p.max() <= 1


def test_radial_density():
    scale = 0.3
    radii = gflash.sample_radii(np.full(20_000, scale, np.float32), np.random.default_rng(5))
    assert stats.kstest(radii, lambda r: r**2 / (r**2 + scale**2)).pvalue > 0.001


@pytest.mark.parametrize("energy", [2.0, 50.0])
def test_spots_of_every_depth_follow_the_mixture_of_core_and_tail(energy, monkeypatch):
    monkeypatch.setattr(
        gflash, "sample_profiles", lambda e, rng: (np.full(len(e), 5.0), np.full(len(e), 4.0))
    )
    n = round(2000 / energy)
    spots = spots_of(np.full(n, energy), 6)
    mean_shape = math.exp(gflash.fluctuation(np.array([energy])).mean_ln_shape[0])
    tau = spots.depth / 5 * (3 / 4) * mean_shape / (mean_shape - 1)
    p, core, tail = (f(tau, energy) for f in (gflash.p_core, gflash.r_core, gflash.r_tail))
    r = spots.radius
    # What a distribution function makes of its own values is uniform; a step is as good as its middle.
    uniform = p * r**2 / (r**2 + core**2) + (1 - p) * r**2 / (r**2 + tail**2)
    for early in (tau < 0.5, (tau > 0.5) & (tau < 1.5), tau > 1.5):
        assert early.sum() > 10_000
        assert stats.kstest(uniform[early], "uniform").statistic < 0.006


# Spots


def test_number_of_spots_is_poisson():
    n, energy = 2000, 10.0
    mean = 2 * energy / 0.075**2
    counts = spots_of(np.full(n, energy), 1, FAR).counts
    assert counts.mean() == pytest.approx(mean, abs=5 * (mean / n) ** 0.5)
    assert counts.var() == pytest.approx(mean, rel=0.15)


def test_energies_of_spots_are_exponential():
    energy = spots_of(np.full(20, 10.0), 1).energy
    mean = 1000 * 0.1765 * 0.075**2 / 2
    assert stats.kstest(energy, stats.expon(scale=mean).cdf).pvalue > 0.001


@pytest.mark.parametrize("energy", [1.0, 4.0, 16.0])
def test_total_fluctuates_by_sampling(energy):
    n = 2000
    spots = spots_of(np.full(n, energy), 2, FAR)
    total = np.bincount(np.repeat(np.arange(n), spots.counts), spots.energy) / (1000 * energy)
    sd = 0.075 / energy**0.5
    assert total.mean() == pytest.approx(0.1765, rel=5 * sd / n**0.5)
    assert total.std() / total.mean() == pytest.approx(sd, rel=5 / (2 * n) ** 0.5)
    # Cumulants of a Poisson number N of exponentials: n! N mean^n.
    skewness = 6 / (8 * (2 * energy / 0.075**2)) ** 0.5
    assert stats.skew(total) == pytest.approx(skewness, abs=5 * (6 / n) ** 0.5)


def test_showers_fluctuate_by_sampling_but_for_what_is_lost():
    """What Geant4 has at 10 GeV: 7.6 %/sqrt(10)."""
    point = np.random.default_rng(1).uniform(0, 1, (1500, 2)).astype("f4")
    momentum = np.tile(np.array([0, 0, 10], "f4"), (1500, 1))
    parts = gflash.resimulate(Particles(point, momentum), 1)
    total = np.concatenate([part.energy.sum(axis=(1, 2)) for part in parts])
    assert 0.022 < total.std() / total.mean() < 0.027


def test_nothing_lies_behind_the_end():
    energy, end = np.full(300, 50.0), np.linspace(5, 30, 300)
    spots = gflash.sample_spots(energy, end, np.random.default_rng(4))
    assert (spots.depth <= np.repeat(end, spots.counts) * (1 + 1e-6)).all()
    depth, shape = gflash.sample_profiles(energy, np.random.default_rng(4))
    expected = 2 * 50 / 0.075**2 * stats.gamma.cdf(end, shape, scale=depth / (shape - 1))
    pull = (spots.counts - expected) / expected**0.5
    assert abs(pull.mean()) < 5 / 300**0.5
    assert pull.std() == pytest.approx(1, abs=5 / 600**0.5)


def test_azimuth_is_uniform():
    azimuth = spots_of(np.full(20, 10.0), 2).azimuth
    assert stats.kstest(azimuth, stats.uniform(0, 2 * np.pi).cdf).pvalue > 0.001


# Images


@pytest.mark.parametrize(
    ("point", "row", "column"),
    [((0.1, 0.1), 15, 15), ((6.3, -3.7), 11, 21), ((-14.9, 14.9), 29, 0)],
)
def test_row_is_y_and_column_is_x(point, row, column):
    image = image_of(one_spot(), point)
    assert np.argwhere(image[0]).tolist() == [[row, column]]
    assert image.sum() == 5


def test_point_is_given_six_centimetres_behind_the_front_face():
    # At depth s along a direction of slope 1 in x: x = (-6 + s cos 45) cm.
    s = 10.0
    x = -6 + s / math.sqrt(2)
    image = image_of(one_spot(depth=s / gflash.RADIATION_LENGTH_CM), (0, 0.5), (1, 0))
    assert np.argwhere(image[0]).tolist() == [[15, math.floor(x) + 15]]


def test_spots_lie_on_a_circle_transverse_to_the_direction():
    radius = 3 / gflash.MOLIERE_RADIUS_CM
    cells = {
        tuple(np.argwhere(image_of(one_spot(2, radius, azimuth), (0.5, 0.5))[0])[0])
        for azimuth in np.arange(4) * np.pi / 2
    }
    assert cells == {(15, 18), (18, 15), (15, 12), (12, 15)}


@pytest.mark.parametrize(
    ("spot", "point"),
    [
        (one_spot(), (15.01, 0)),
        (one_spot(), (-15.01, 0)),
        (one_spot(), (0, 15.01)),
        (one_spot(), (0, -15.01)),
    ],
)
def test_spots_beside_the_image_are_lost(spot, point):
    assert image_of(spot, point).sum() == 0


def test_spots_stay_with_their_shower():
    first, second = one_spot(energy=1), one_spot(energy=2)
    spots = gflash.Spots(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))
    images = gflash.images(spots, np.array([[0.5, 0.5], [3.5, 0.5]]), np.zeros((2, 2)))
    assert images[0, 15, 15] == 1
    assert images[1, 15, 18] == 2
    assert images.sum() == 3


def test_image_moves_with_the_entry_point():
    spots = spots_of(np.full(20, 20.0), 1)
    here, there = image_of(spots, (0.2, 0.2)), image_of(spots, (1.2, -1.8))
    # Rounding may carry a spot over a cell's edge.
    moved = np.abs(here[:, 2:, :-1] - there[:, :-2, 1:]).sum() / here.sum()
    assert moved < 1e-3


def test_image_moves_with_the_slope():
    spots = spots_of(np.full(100, 20.0), 1)
    slope = 0.3
    shower_depth = gflash.RADIATION_LENGTH_CM * np.average(spots.depth, weights=spots.energy)
    expected = slope * (-6 + shower_depth / math.hypot(1, slope))
    profile = image_of(spots, slope=(slope, 0)).sum(axis=(0, 1))
    assert np.average(CENTRES, weights=profile) == pytest.approx(expected, abs=0.1)


def test_x_and_y_are_alike():
    spots = spots_of(np.full(200, 20.0), 1)
    image = image_of(spots, (3, -1), (0.3, 0.1)).sum(axis=0)
    swapped = image_of(spots, (-1, 3), (0.1, 0.3)).sum(axis=0).T
    for axis in (0, 1):
        difference = image.sum(axis=axis) - swapped.sum(axis=axis)
        assert np.abs(difference).max() < 0.005 * image.sum()


# The data set


def test_particles_are_distributed_as_specified():
    energy, point, slope, _ = calorimeter.sample_electrons(20_000, np.random.default_rng(1))
    assert stats.kstest(energy, stats.loguniform(1, 100).cdf).pvalue > 0.001
    for values, sd in ((point, 2.5), (slope, 0.2)):
        for column in values.T:
            assert stats.kstest(column, stats.norm(0, sd).cdf).pvalue > 0.001


def test_types_and_shapes():
    (chunk,) = gflash.simulate(3, seed=1)
    assert len(chunk) == 3
    assert (chunk.energy.shape, chunk.energy.dtype) == ((3, 30, 30), np.float32)
    assert (chunk.point.shape, chunk.point.dtype) == ((3, 2), np.float32)
    assert (chunk.momentum.shape, chunk.momentum.dtype) == ((3, 3), np.float32)
    assert chunk.pdg.dtype == np.int32
    assert chunk.pdg.tolist() == [11, 11, 11]


def test_containment(showers):
    energy, _, momentum = showers
    visible = 1000 * 0.1765 * np.linalg.norm(momentum, axis=1)
    ratio = energy.sum(axis=(1, 2)) / visible
    assert 0.98 < ratio.mean() < 0.995


def test_mean_cell_energy(showers):
    assert 4.0 < showers[0].mean() < 4.6


def test_occupancy(showers):
    """That of the Geant4 sample is 28 %."""
    assert 0.27 < (showers[0] > 0).mean() < 0.30


def test_energies_are_finite_and_not_negative(showers):
    assert np.isfinite(showers[0]).all()
    assert showers[0].min() == 0


def test_particles_fly_forward(showers):
    assert showers[2][:, 2].min() > 0


# Seeds and chunks


def as_bytes(showers):
    return b"".join(c.energy.tobytes() + c.point.tobytes() + c.momentum.tobytes() for c in showers)


def test_same_seed_same_bytes():
    assert as_bytes(gflash.simulate(300, 7)) == as_bytes(gflash.simulate(300, 7))


def test_other_seed_and_other_chunk_other_showers():
    chunk = calorimeter.CHUNK
    first, second = gflash.simulate(2 * chunk, 7)
    (other,) = gflash.simulate(chunk, 8)
    for one, two in itertools.combinations((first, second, other), 2):
        assert not np.isin(one.point, two.point).any()


def test_chunks_are_small_and_complete():
    chunk = calorimeter.CHUNK
    assert [len(part) for part in gflash.simulate(chunk + 1, 1)] == [chunk, 1]
    assert [len(part) for part in gflash.simulate(chunk, 1)] == [chunk]


def test_first_showers_do_not_depend_on_the_number_asked_for():
    (few,) = gflash.simulate(10, 3)
    more = next(gflash.simulate(600, 3))
    assert as_bytes([few]) == as_bytes([more.select(slice(10))])


# A second simulation


def test_resimulated_particles_are_the_same_and_their_showers_others_alike(showers):
    energy, point, momentum = showers
    again = list(gflash.resimulate(Particles(point, momentum), seed=1))
    np.testing.assert_array_equal(np.concatenate([part.point for part in again]), point)
    np.testing.assert_array_equal(np.concatenate([part.momentum for part in again]), momentum)
    size = np.linalg.norm(momentum, axis=1)
    second = np.concatenate([part.energy for part in again])
    pairs = [image.sum(axis=(1, 2)) / size for image in (energy, second)]
    # Alike: response and centre are distributed as before.
    assert stats.ks_2samp(*pairs).pvalue > 1e-3
    for axis in (1, 2):
        centres = [(e.sum(axis) @ CENTRES) / e.sum((1, 2)) for e in (energy, second)]
        assert stats.ks_2samp(*centres).pvalue > 1e-3
        assert np.corrcoef(*centres)[0, 1] > 0.9  # they follow their particles
    # Other showers, of the same seed too.
    assert not np.isin(second[:100].max((1, 2)), energy[:100].max((1, 2))).any()
    assert as_bytes(again) == as_bytes(gflash.resimulate(Particles(point, momentum), seed=1))


def test_second_simulations_of_one_particle_fluctuate_independently():
    point, momentum = np.zeros((500, 2), "f4"), np.tile(np.array([0, 0, 20], "f4"), (500, 1))
    first, second = (
        np.concatenate(
            [part.energy.sum((1, 2)) for part in gflash.resimulate(Particles(point, momentum), s)]
        )
        for s in (1, 2)
    )
    assert stats.ks_2samp(first, second).pvalue > 1e-3
    assert stats.spearmanr(first, second).pvalue > 1e-3
    assert first.std() > 0.001 * first.mean()
