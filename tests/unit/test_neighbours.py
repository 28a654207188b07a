import numpy as np
import pytest

from showergan.errors import UserError
from showergan.metrics.neighbours import density_coverage


def normal(n, d, seed, shift=0.0, scale=1.0):
    return np.random.default_rng(seed).normal(shift, scale, (n, d))


def values(real, generated, **settings):
    density, coverage = density_coverage(real, generated, **{"seed": 0, **settings})
    return density.value, coverage.value


def brute_force(real, generated, k):
    among = np.linalg.norm(real[:, None] - real, axis=-1)
    radii = np.sort(among, axis=1)[:, [k]]
    inside = np.linalg.norm(real[:, None] - generated, axis=-1) <= radii
    return inside.sum(axis=0).mean() / k, inside.any(axis=1).mean()


@pytest.mark.parametrize("k", [1, 5, 19])
@pytest.mark.parametrize(("n", "d"), [(20, 1), (300, 1), (300, 16), (1100, 3)])
def test_definition(n, d, k):
    real, generated = normal(n, d, 0, 5.0), normal(n, d, 1, 5.2, 0.9)
    truth = brute_force(real, generated, k)
    assert values(real, generated, neighbours=k) == pytest.approx(truth, abs=1e-12)
    assert values(real, generated, neighbours=k, seed=1) == pytest.approx(truth, abs=1e-12)


def test_by_hand():
    # Balls of radius 1, 1, 2: the first holds 0.5, the second both 0.5 and 2, the third only 2.
    real = np.array([[0.0], [1.0], [3.0]])
    generated = np.array([[0.5], [2.0], [9.0]])
    assert values(real, generated, neighbours=1) == pytest.approx((4 / 3, 1))
    assert values(real, generated[[2, 2, 0]], neighbours=1) == pytest.approx((2 / 3, 2 / 3))


@pytest.mark.parametrize(("n", "k"), [(10, 5), (100, 3), (100, 5)])
def test_expectation_for_equal_distributions(n, k):
    samples = [(normal(n, 2, 2 * seed), normal(n, 2, 2 * seed + 1)) for seed in range(300)]
    found = np.array([values(x, y, neighbours=k) for x, y in samples])
    steps = np.arange(1, k + 1)
    expected = [1, 1 - np.prod((n - steps) / (2 * n - steps))]
    errors = found.std(axis=0) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 3 * errors).all()


def test_disjoint_samples_score_zero():
    assert values(normal(100, 3, 0), normal(100, 3, 1, 50)) == (0, 0)


def test_a_real_sample_finds_itself():
    real = normal(500, 8, 0)
    # The point itself, its k neighbours (the farthest on the surface), for each of n balls.
    assert values(real, np.random.default_rng(1).permutation(real)) == pytest.approx((6 / 5, 1))
    atoms = np.repeat(real[:100], 8, axis=0)
    assert values(atoms, atoms) == pytest.approx((8 / 5, 1))


def test_collapse_and_dropped_mode():
    real = normal(500, 4, 0)
    density, coverage = values(real, np.full((500, 4), 0.1))
    assert density > 0
    assert coverage < 0.1

    modes = np.vstack([normal(250, 4, 0), normal(250, 4, 1, 50)])
    density, coverage = values(modes, normal(500, 4, 2))
    assert density == pytest.approx(1, abs=0.15)
    assert coverage == pytest.approx(0.5, abs=0.02)


def test_noise_lowers_both():
    rng = np.random.default_rng(0)
    real, generated, noise = normal(1000, 4, 0), normal(1000, 4, 1), normal(1000, 4, 2, 10)
    shares = (0, 0.1, 0.3, 0.6, 1)
    mixed = [np.where(rng.random((1000, 1)) < share, noise, generated) for share in shares]
    found = np.array([values(real, sample) for sample in mixed])
    assert (np.diff(found, axis=0) < 0).all()
    np.testing.assert_allclose(found[:, 0], found[0, 0] * (1 - np.array(shares)), atol=0.05)


def test_order_rotation_origin_and_scale_do_not_matter():
    real, generated = normal(400, 4, 0), normal(400, 4, 1, 0.3)
    plain = values(real, generated)
    rng = np.random.default_rng(2)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    for changed in (
        values(rng.permutation(real), rng.permutation(generated)),
        values(real @ rotation, generated @ rotation),
        values(real + 1e5, generated + 1e5),
        values(1e-9 * real, 1e-9 * generated),
    ):
        assert changed == pytest.approx(plain, abs=1e-12)


def test_errors_are_those_of_the_bootstrap():
    real, generated, k = normal(200, 2, 0), normal(200, 2, 1, 0.5), 5
    density, coverage = density_coverage(real, generated, seed=0)
    radii = np.sort(np.linalg.norm(real[:, None] - real, axis=-1), axis=1)[:, [k]]
    inside = np.linalg.norm(real[:, None] - generated, axis=-1) <= radii
    redrawn = np.random.default_rng(2).integers(200, size=(4000, 200))
    densities = inside.sum(axis=0)[redrawn].mean(axis=1) / k
    coverages = inside.any(axis=1)[redrawn].mean(axis=1)
    assert density.event_sd == pytest.approx(densities.std(), rel=0.05)
    assert coverage.event_sd == pytest.approx(coverages.std(), rel=0.05)
    assert np.isnan([density.sd, coverage.sd]).all()


def test_unequal_samples_are_balanced():
    real, generated = normal(2000, 3, 0), normal(100, 3, 1)
    for measured in density_coverage(real, generated, seed=0):
        assert measured.n == 100
    assert values(real, generated, seed=1) == values(real, generated, seed=1)
    # Against all 2000 balls, 100 points would cover 0.22.
    found = [values(real, generated, seed=seed)[1] for seed in range(20)]
    assert np.mean(found) == pytest.approx(0.97, abs=0.03)


def test_exploding_and_constant_points_are_survived():
    real, generated = normal(200, 4, 0), normal(200, 4, 1)
    truth = brute_force(real[:, :2], generated[:, :2], 5)
    for far in (1e13, -1e13, 1e200):
        exploded = np.vstack([generated, np.full((1, 4), far)])
        exploded_real = np.vstack([real, real.mean(axis=0)])
        found = values(exploded_real, exploded)
        assert found == pytest.approx(brute_force(exploded_real, exploded.clip(-1e3, 1e3), 5))
    exploded = np.vstack([generated, np.full((1, 4), 1e13)])
    assert values(np.vstack([real, np.full((1, 4), 1e12)]), exploded)[1] > 0.9
    real[:, 2:] = generated[:, 2:] = 7
    assert values(real, generated) == pytest.approx(truth, abs=1e-12)
    assert values(np.ones((9, 2)), np.ones((9, 2))) == pytest.approx((9 / 5, 1))


def test_few_points():
    for measured in density_coverage(normal(5, 2, 0), normal(50, 2, 1), seed=0):
        assert np.isnan(measured.value)
        assert measured.n == 5
    assert np.isfinite(values(normal(6, 2, 0), normal(6, 2, 1))).all()


@pytest.mark.parametrize(
    ("generated", "settings", "message"),
    [
        (np.zeros((20, 2)), {}, "shapes"),
        (np.full((20, 3), np.inf), {}, "20 of 20 generated points are not finite"),
        (np.zeros((20, 3)), {"neighbours": 0}, "neighbours"),
    ],
)
def test_bad_input_is_refused(generated, settings, message):
    with pytest.raises(UserError, match=message):
        values(normal(20, 3, 0), generated, **settings)
