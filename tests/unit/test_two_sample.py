import numpy as np
import pytest
from scipy import integrate, stats
from threadpoolctl import threadpool_limits

from showergan.errors import UserError
from showergan.metrics.two_sample import two_sample


def gaussians(n, shift, d=3, seed=0):
    """Two samples that differ by a shift of the first coordinate."""
    real, generated = np.random.default_rng(seed).normal(size=(2, n, d))
    generated[:, 0] += shift
    return real, generated


def true_jsd(shift):
    def density(x):
        p, q = stats.norm.pdf(x), stats.norm.pdf(x, shift)
        return sum(f * np.log2(2 * f / (p + q)) for f in (p, q)) / 2

    return integrate.quad(density, -8, 8 + shift)[0]


def test_equal_distributions_cannot_be_told_apart():
    for seed in range(3):
        auc, jsd = two_sample(*gaussians(1000, 0, seed=seed), seed=seed)
        assert auc.value == pytest.approx(0.5, abs=2.5 * auc.event_sd)
        assert -0.03 < jsd.value < 0.015
        assert auc.n == jsd.n == 1000


def test_disjoint_distributions_are_told_apart():
    auc, jsd = two_sample(*gaussians(1000, 30), seed=0)
    # The trees see 255 bins, and one of them can hold the last real and the first generated events.
    assert auc.value == pytest.approx(1, abs=1e-4)
    assert auc.event_sd < 1e-4
    assert 0.95 < jsd.value < 1


@pytest.mark.parametrize("shift", [0.5, 2])
def test_shifted_gaussians_have_a_closed_form(shift):
    auc, jsd = two_sample(*gaussians(6000, shift, d=1), seed=0)
    # Real and generated differ by a Gaussian of mean `shift` and variance 2.
    assert auc.value == pytest.approx(stats.norm.cdf(shift / np.sqrt(2)), abs=0.02)
    assert true_jsd(shift) - 0.04 < jsd.value < true_jsd(shift) + jsd.event_sd


def test_noise_raises_the_scores():
    real, generated = gaussians(1500, 0)
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 4, generated.shape)
    aucs, jsds = zip(
        *(
            two_sample(real, np.where(rng.random((1500, 1)) < share, noise, generated), seed=0)
            for share in (0, 0.2, 0.5, 1)
        ),
        strict=True,
    )
    assert (np.diff([auc.value for auc in aucs]) > 0.04).all()
    assert (np.diff([jsd.value for jsd in jsds]) > 0.02).all()


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads():
    samples = gaussians(300, 0.5)
    results = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            results.append(two_sample(*samples, seed=3))
    assert results[0] == results[1]
    assert results[0] != two_sample(*samples, seed=4)


def test_order_and_roles_do_not_matter():
    real, generated = gaussians(1000, 0.7)
    order = np.random.default_rng(1).permutation(1000)
    plain = two_sample(real, generated, seed=0)
    for changed in (
        two_sample(real[order], generated[order], seed=0),
        two_sample(generated, real, seed=0),
    ):
        for before, after in zip(plain, changed, strict=True):
            assert after.value == pytest.approx(before.value, abs=2 * before.event_sd)


@pytest.mark.parametrize("n", [400, 12_000])
def test_shared_conditions_do_not_leak(n):
    # Nothing of a condition says which of its two events is asked for. With one of them in training
    # and the other held out, the trees would take the latter for the former's class.
    conditions = np.random.default_rng(0).normal(size=(n, 2))
    auc, jsd = two_sample(conditions, conditions, trainings=1, seed=0)
    assert auc.value == pytest.approx(0.5, abs=1e-9)
    assert jsd.value == pytest.approx(0, abs=1e-9)
    assert auc.n == min(n, 10_000)


def test_the_share_of_undefined_values_is_told():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(2, 3000, 2))
    real[rng.random(3000) < 0.1, 1] = np.nan
    generated[rng.random(3000) < 0.4, 1] = np.nan
    auc, _ = two_sample(real, generated, seed=0)
    # P(NaN, number) - P(number, NaN) over 2, above 1/2.
    assert auc.value == pytest.approx(0.5 + (0.4 * 0.9 - 0.1 * 0.6) / 2, abs=0.04)


def test_infinite_huge_and_undefined_columns():
    real, generated = gaussians(200, 0)
    real[:100, 0], real[100:, 0] = -np.inf, np.inf
    generated[:, 0] = np.inf
    real[:, 1] = generated[:, 1] = np.nan
    generated[::2, 2] = 1.7e308
    auc, jsd = two_sample(real, generated, seed=0)
    assert auc.value > 0.8
    assert np.isfinite(jsd.value)

    # Only the sign of infinity differs.
    infinite = np.full((200, 1), np.inf)
    assert two_sample(infinite, -infinite, seed=0)[0].value == pytest.approx(1)
    assert two_sample(infinite, infinite, seed=0)[0].value == pytest.approx(0.5)


def test_unequal_samples_are_cut():
    real, generated = gaussians(1200, 0.5)[0], gaussians(400, 0.5, seed=1)[1]
    for samples in ((real, generated), (generated, real)):
        auc, jsd = two_sample(*samples, seed=0)
        assert auc.n == jsd.n == 400
        assert auc.value == pytest.approx(stats.norm.cdf(0.5 / np.sqrt(2)), abs=0.12)


def test_spreads():
    results = [two_sample(*gaussians(400, 0.7, 1, s), trainings=1, seed=s) for s in range(24)]
    for scores in zip(*results, strict=True):
        spread = np.std([score.value for score in scores], ddof=1)
        assert np.mean([score.event_sd for score in scores]) == pytest.approx(spread, rel=0.4)
    assert np.isnan(results[0][0].sd)

    auc, jsd = two_sample(*gaussians(500, 0.7, 1), seed=0)
    assert 0 < auc.sd < 3 * auc.event_sd
    assert 0 < jsd.sd < 3 * jsd.event_sd


def test_few_events():
    for n in (0, 19):
        auc, jsd = two_sample(*gaussians(n, 1), seed=0)
        assert np.isnan([*auc[:3], *jsd[:3]]).all()
        assert auc.n == jsd.n == n
    assert two_sample(*gaussians(20, 30), seed=0)[0].value == pytest.approx(1)


def test_bad_input_is_named():
    real, generated = gaussians(50, 0)
    with pytest.raises(UserError, match=r"\(50, 3\) and \(50, 2\)"):
        two_sample(real, generated[:, :2], seed=0)
    with pytest.raises(UserError, match="shapes"):
        two_sample(real[:, 0], generated[:, 0], seed=0)
    with pytest.raises(UserError, match="0 trainings"):
        two_sample(real, generated, trainings=0, seed=0)
