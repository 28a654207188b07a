from math import comb

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.stats import norm

from showergan.errors import UserError
from showergan.metrics import physics_distance
from showergan.metrics.physics_distance import fpd, frechet_distance, kpd
from showergan.metrics.samples import LARGEST_SAMPLE, equal_samples

METRICS = [fpd, kpd]


def normal(n, d, seed, shift=0.0, scale=1.0):
    return np.random.default_rng(seed).normal(shift, scale, (n, d))


def covariance(d, seed, rank=None):
    factor = np.random.default_rng(seed).normal(size=(d, rank or d))
    return factor @ factor.T


def plug_in(x, y):
    return frechet_distance(x.mean(axis=0), np.cov(x.T), y.mean(axis=0), np.cov(y.T))


# The distance of Gaussians


def test_commuting_gaussians():
    # Each axis adds (mu_1 - mu_2)^2 + (sigma_1 - sigma_2)^2, along whatever axes.
    rng = np.random.default_rng(0)
    means, sigmas = rng.normal(size=(2, 5)), rng.random((2, 5))
    sigmas[0, :2] = 0
    axes = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    truth = np.square(means[0] - means[1]).sum() + np.square(sigmas[0] - sigmas[1]).sum()
    first, second = axes @ np.diag(sigmas[0] ** 2) @ axes.T, axes @ np.diag(sigmas[1] ** 2) @ axes.T
    assert frechet_distance(means[0], first, means[1], second) == pytest.approx(truth)
    assert frechet_distance(means[1], second, means[0], first) == pytest.approx(truth)


def test_general_gaussians():
    first, second = covariance(6, 0), covariance(6, 1)
    truth = np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(np.zeros(6), first, np.zeros(6), second) == pytest.approx(truth)


def test_singular_covariances():
    singular = covariance(20, 0, rank=3)
    assert frechet_distance(np.ones(20), singular, np.ones(20), singular) == pytest.approx(
        0, abs=1e-6 * np.trace(singular)
    )
    # Of two lines u u^T and v v^T the root of the product has the trace |u.v|.
    u, v = np.random.default_rng(1).normal(size=(2, 20))
    lines = np.outer(u, u), np.outer(v, v)
    truth = u @ u + v @ v - 2 * abs(u @ v)
    assert frechet_distance(np.zeros(20), lines[0], np.zeros(20), lines[1]) == pytest.approx(truth)


def test_moments_of_other_shapes_are_refused():
    with pytest.raises(UserError, match="Fréchet"):
        frechet_distance(np.zeros(2), np.eye(2), np.zeros(2), np.eye(3))


# FPD


@pytest.mark.parametrize(("shift", "scale"), [(0, 1), (0.5, 1), (0, 1.5), (0.3, 0.7)])
def test_fpd_of_gaussians(shift, scale):
    measured = fpd(normal(3000, 4, 0), normal(3000, 4, 1, shift, scale), seed=0)
    truth = 4 * (shift**2 + (scale - 1) ** 2)
    error = np.hypot(measured.sd, measured.event_sd)
    assert measured.value == pytest.approx(truth, abs=2.5 * error)
    assert 0 < error < 0.05 + 0.1 * truth
    assert measured.n == 3000


def test_extrapolation_removes_the_bias():
    pairs = [(normal(200, 8, 2 * seed), normal(200, 8, 2 * seed + 1)) for seed in range(30)]
    values = np.array([[fpd(x, y, seed=0).value, plug_in(x, y)] for x, y in pairs])
    means, errors = values.mean(axis=0), values.std(axis=0) / np.sqrt(len(values))
    assert abs(means[0]) < 3 * errors[0]
    assert means[1] > 20 * errors[1]
    assert means[1] > 10 * abs(means[0])
    assert (values[:, 0] < 0).any()


def test_errors_of_fpd():
    values = [fpd(normal(400, 3, 2 * s), normal(400, 3, 2 * s + 1, 0.5), seed=0) for s in range(30)]
    spread = np.std([m.value for m in values])
    assert np.mean([m.event_sd for m in values]) == pytest.approx(spread, rel=0.35)

    x, y = normal(400, 3, 0), normal(400, 3, 1, 0.5)
    values = [fpd(x, y, seed=seed) for seed in range(30)]
    spread = np.std([m.value for m in values])
    assert np.mean([m.sd for m in values]) == pytest.approx(spread, rel=0.35)


def test_fpd_does_not_depend_on_the_origin_and_grows_as_the_squared_scale():
    x, y = normal(500, 3, 0), normal(500, 3, 1, 0.5)
    measured = fpd(x, y, seed=0)
    np.testing.assert_allclose(fpd(x + 1e5, y + 1e5, seed=0), measured, rtol=1e-6)
    scaled = np.array(measured) * [9, 9, 9, 1, 1, 1]
    np.testing.assert_allclose(fpd(3 * x, 3 * y, seed=0), scaled, rtol=1e-9)


def test_fpd_of_few_points():
    assert np.isnan(fpd(normal(19, 4, 0), normal(30, 4, 1), seed=0).value)
    assert np.isfinite(fpd(normal(20, 4, 0), normal(20, 4, 1), seed=0)[:4]).all()
    assert np.isnan(fpd(normal(319, 64, 0), normal(319, 64, 1), seed=0).value)
    assert np.isfinite(fpd(normal(320, 64, 0), normal(320, 64, 1), seed=0)[:4]).all()


@pytest.mark.parametrize("metric", METRICS)
def test_nothing_generated(metric):
    assert np.isnan(metric(normal(20, 3, 0), np.zeros((0, 3)), seed=0).value)


# KPD


def discrepancy(shift, scale):
    """The squared discrepancy of N(0, 1) and N(shift, scale^2) with the kernel (x y + 1)^4.

    E (x y + 1)^4 = sum_r binom(4, r) E x^r E y^r for independent x and y.
    """
    moments = ((norm.moment(r), norm.moment(r, loc=shift, scale=scale)) for r in range(5))
    return sum(comb(4, r) * (p - q) ** 2 for r, (p, q) in enumerate(moments))


@pytest.mark.parametrize(("shift", "scale"), [(0, 1), (0.2, 1), (0, 1.2), (0.3, 0.7)])
def test_kpd_of_gaussians_is_unbiased(shift, scale):
    pairs = [
        (normal(60, 1, 2 * seed), normal(60, 1, 2 * seed + 1, shift, scale)) for seed in range(300)
    ]
    values = np.array([kpd(x, y, seed=0).value for x, y in pairs])
    error = values.std() / np.sqrt(len(values))
    assert values.mean() == pytest.approx(discrepancy(shift, scale), abs=2.5 * error)
    assert shift or scale != 1 or (values < 0).mean() > 0.3


def test_kpd_pair_by_pair():
    def mean(a, b, same):
        pairs = [(i, j) for i in range(len(a)) for j in range(len(b)) if i != j or not same]
        return sum((a[i] @ b[j] / 3 + 1) ** 4 for i, j in pairs) / len(pairs)

    x, y = normal(15, 3, 0), normal(15, 3, 1, 0.5)
    truth = mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)
    measured = kpd(x, y, seed=0)
    assert measured.value == pytest.approx(truth)
    assert np.isnan(measured.sd)
    assert measured.n == 15


def test_kpd_is_the_median_of_disjoint_batches(monkeypatch):
    monkeypatch.setattr("showergan.metrics.physics_distance._KERNEL_BATCH", 40)
    x, y = normal(120, 2, 0), normal(120, 2, 1)
    x[0] = 1e6  # spoils one batch of three, so not their median
    measured = kpd(x, y, seed=0)
    assert abs(measured.value) < 100
    assert measured.sd > 1e10

    uniform = np.random.default_rng(0).random((100, 2, 120, 2))
    values = [kpd(x, y + 0.3, seed=0) for x, y in uniform]
    spread = np.std([m.value for m in values])
    assert np.mean([m.sd for m in values]) / np.sqrt(3) == pytest.approx(spread, rel=0.3)
    assert np.mean([m.event_sd for m in values]) == pytest.approx(spread, rel=0.3)


def test_event_error_of_kpd():
    values = [kpd(normal(300, 3, 2 * s), normal(300, 3, 2 * s + 1, 0.7), seed=0) for s in range(60)]
    spread = np.std([m.value for m in values])
    assert np.mean([m.event_sd for m in values]) == pytest.approx(spread, rel=0.3)


# Both


@pytest.mark.parametrize("metric", METRICS)
def test_order_and_rotation_do_not_matter(metric):
    x, y = normal(600, 4, 0), normal(600, 4, 1, 0.3, [1, 1.2, 1, 0.8])
    measured = metric(x, y, seed=0)
    rng = np.random.default_rng(2)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    np.testing.assert_allclose(metric(x @ rotation, y @ rotation, seed=0), measured, rtol=1e-6)
    shuffled = metric(rng.permutation(x), rng.permutation(y), seed=0)
    allowed = 1e-9 if metric is kpd else 4 * measured.sd
    assert shuffled.value == pytest.approx(measured.value, abs=allowed)


@pytest.mark.parametrize("metric", METRICS)
def test_swapped_samples_are_as_far(metric):
    x, y = normal(600, 4, 0), normal(600, 4, 1, 0.3, 1.2)
    measured, swapped = metric(x, y, seed=0), metric(y, x, seed=0)
    allowed = 1e-9 if metric is kpd else 4 * measured.sd
    assert swapped.value == pytest.approx(measured.value, abs=allowed)


@pytest.mark.parametrize("metric", METRICS)
def test_the_seed_decides(metric):
    x, y = normal(100, 3, 0), normal(60, 3, 1, 0.3)
    np.testing.assert_array_equal(metric(x, y, seed=3), metric(x, y, seed=3))
    assert metric(x, y, seed=3) != metric(x, y, seed=4)
    assert metric(x, y, seed=3).n == 60


@pytest.mark.parametrize("metric", METRICS)
def test_noise_raises_the_distance(metric):
    rng = np.random.default_rng(0)
    x, y, noise = normal(1000, 3, 0), normal(1000, 3, 1), normal(1000, 3, 2, 0, 3)
    mixed = [np.where(rng.random((1000, 1)) < share, noise, y) for share in (0, 0.1, 0.3, 0.6, 1)]
    assert (np.diff([metric(x, sample, seed=0).value for sample in mixed]) > 0).all()


@pytest.mark.parametrize("metric", METRICS)
def test_exploding_and_constant_points_are_survived(metric):
    x, y = normal(100, 4, 0), normal(100, 4, 1)
    y[0] = 1e13
    # Without bias, the kernel distance of a sample with such a point may have either sign.
    assert abs(metric(x, y, seed=0).value) > 1e20
    assert np.isfinite(metric(np.ones((50, 3)), np.ones((50, 3)), seed=0).value)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("generated", "message"),
    [
        (np.zeros((20, 2)), r"\(20, 3\) and \(20, 2\)"),
        (np.zeros(20), "shapes"),
        (np.full((20, 3), np.nan), "20 of 20 generated points are not finite"),
    ],
)
def test_bad_samples_are_refused(metric, generated, message):
    with pytest.raises(UserError, match=message):
        metric(normal(20, 3, 0), generated, seed=0)


def test_samples_are_cut_to_one_size():
    x = np.arange(LARGEST_SAMPLE + 500)[:, None]
    for n in (70, len(x)):
        cut, other = equal_samples(x, x[:n], np.random.default_rng(0))
        assert len(cut) == len(other) == min(n, LARGEST_SAMPLE)
        assert len(np.unique(cut)) == len(cut)
        assert cut.mean() == pytest.approx(x.mean(), rel=0.2)
        assert not np.array_equal(other, np.sort(other, axis=0))


def test_batches_are_those_of_the_docstring(monkeypatch):
    """20 of each of ten sizes, n/5 to n/2, regular in 1/size."""
    sizes = []
    moments = physics_distance._moments

    def counted(sample, batches):
        sizes.append([len(batch) for batch in batches])
        return moments(sample, batches)

    monkeypatch.setattr(physics_distance, "_moments", counted)
    fpd(normal(1000, 2, 0), normal(1000, 2, 1), seed=0)
    expected = [n for i in range(10) for n in [round(1000 / (5 - i / 3))] * 20]
    assert sizes[:2] == [expected] * 2
    assert sizes[2:] == [[1000] * 20] * 2
