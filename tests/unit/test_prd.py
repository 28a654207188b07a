import numpy as np
import pytest
from clusterings import LLOYD, RECIPE, clustered_by

from showergan.errors import UserError
from showergan.metrics import prd
from showergan.metrics.prd import area, curve_of_histograms, f_beta, prd_scores


def auc(p_generated, p_real):
    return area(*curve_of_histograms(p_generated, p_real))


def scores(real, generated, **settings):
    return prd_scores(real, generated, **{"clusters": 20, "repeats": 10, "seed": 0, **settings})


# Curves by hand


def test_equal_distributions_score_one():
    p = np.array([0.1, 0.2, 0.7])
    precision, recall = curve_of_histograms(p, p)
    assert area(precision, recall) == pytest.approx(1, abs=1e-9)
    assert f_beta(precision, recall, 8) == pytest.approx(1)
    assert f_beta(precision, recall, 1 / 8) == pytest.approx(1)


def test_disjoint_distributions_score_zero():
    precision, recall = curve_of_histograms([1, 0], [0, 1])
    assert area(precision, recall) == 0
    assert f_beta(precision, recall, 8) == 0


def test_two_points_by_hand():
    # q = (3/4, 1/4), p = (1/4, 3/4): alpha(l) = min(l/4, 3/4) + min(3l/4, 1/4) has its corners at
    # l = 1/3 and l = 3, at (recall, precision) (1, 1/3) and (1/3, 1). Between them
    # alpha = (l + 1)/4, so beta = (1 + 1/l)/4. The area is 1/3 + the integral of alpha d(beta)
    # = 1/3 + 1/4 * (1/4) * [ln l - 1/l] from 1/3 to 3 = 1/3 + (2 ln 3 + 8/3)/16.
    precision, recall = curve_of_histograms([0.75, 0.25], [0.25, 0.75])
    expected = 1 / 3 + (2 * np.log(3) + 8 / 3) / 16
    assert area(precision, recall) == pytest.approx(expected, abs=1e-4)
    middle = len(precision) // 2  # l = 1: alpha = beta = the overlap
    assert precision[middle] == pytest.approx(0.5)
    assert recall[middle] == pytest.approx(0.5)


def test_a_dropped_mode_costs_recall_and_an_invented_one_precision():
    dropped = curve_of_histograms([1, 0], [0.5, 0.5])
    assert dropped[0].max() == pytest.approx(1)
    assert dropped[1].max() == pytest.approx(0.5)
    assert f_beta(*dropped, 1 / 8) > 0.95 > 0.55 > f_beta(*dropped, 8)
    assert area(*dropped) == pytest.approx(0.5, abs=1e-3)

    invented = curve_of_histograms([0.5, 0.5], [1, 0])
    assert invented[0].max() == pytest.approx(0.5)
    assert invented[1].max() == pytest.approx(1)
    assert f_beta(*invented, 8) > 0.95 > 0.55 > f_beta(*invented, 1 / 8)


def test_swapping_the_roles_swaps_precision_and_recall():
    rng = np.random.default_rng(0)
    q, p = rng.dirichlet(np.ones(7), 2)
    precision, recall = curve_of_histograms(q, p)
    swapped_precision, swapped_recall = curve_of_histograms(p, q)
    np.testing.assert_allclose(swapped_precision, recall[::-1], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(swapped_recall, precision[::-1], rtol=1e-5, atol=1e-8)
    assert auc(p, q) == pytest.approx(auc(q, p), abs=1e-9)


def test_curves_of_many_histograms_at_once():
    rng = np.random.default_rng(0)
    q, p = rng.dirichlet(np.ones(5), (2, 3, 4))
    whole = auc(q, p)
    assert whole.shape == (3, 4)
    assert whole[1, 2] == auc(q[1, 2], p[1, 2])


@pytest.mark.parametrize("shape", [(7,), (3, 7), (2, 3, 7)])
def test_curves_in_parts_are_those_of_all_at_once(shape, monkeypatch):
    random = np.random.default_rng(4)
    q, p = (random.dirichlet(np.ones(shape[-1]), shape[:-1]) for _ in range(2))
    slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, 51))
    alpha = np.minimum(slopes[:, None] * p[..., None, :], q[..., None, :]).sum(-1)
    for chunk in (1, 2 * 51 * 7, 10**6):
        monkeypatch.setattr(prd, "_CHUNK", chunk)
        precision, recall = curve_of_histograms(q, p, 51)
        np.testing.assert_array_equal(precision, alpha.clip(max=1))
        np.testing.assert_array_equal(recall, (alpha / slopes).clip(max=1))


def test_histograms_must_match_and_be_normalised():
    with pytest.raises(UserError):
        curve_of_histograms([0.5, 0.5], [1])
    with pytest.raises(UserError):
        curve_of_histograms([5, 5], [5, 5])


@pytest.mark.parametrize(("n", "ceiling"), [(50, 0.35), (100, 0.61), (1000, 0.96)])
def test_sample_size_ceiling(n, ceiling):
    # Two draws of one distribution over 50 equal clusters.
    rng = np.random.default_rng(0)
    q, p = rng.multinomial(n, np.ones(50) / 50, (2, 400)) / n
    assert auc(q, p).mean() == pytest.approx(ceiling, abs=0.02)


# Scores of samples


def mixture(n, seed, d=4, shift=0.0):
    rng = np.random.default_rng(seed)
    modes = 3 * np.random.default_rng(5).normal(size=(8, d))
    return modes[rng.integers(8, size=n)] + rng.normal(size=(n, d)) + shift


def rare_modes(n, seed, shift=0.0):
    """A blob, and a tenth of the points in forty far places that no centre may keep."""
    rng = np.random.default_rng(seed)
    places = 30 * np.random.default_rng(5).normal(size=(40, 4))
    far = places[rng.integers(40, size=n)] * (rng.random((n, 1)) < 0.1)
    return rng.normal(size=(n, 4)) + shift + far


def pairs():
    rng = np.random.default_rng(1)
    low_rank = rng.normal(size=(3, 64))
    return {
        "mixture": (mixture(1000, 0), mixture(1000, 1, shift=0.5), 20),
        "equal": (mixture(2500, 0), mixture(2500, 1), 50),
        "rare modes": (rare_modes(1500, 0), rare_modes(1500, 1, shift=0.5), 20),
        "tails": (rng.standard_t(2, (1500, 4)), 1.3 * rng.standard_t(2, (1500, 4)), 20),
        "few": (rng.normal(size=(150, 64)), rng.normal(0.3, 1, (150, 64)), 20),
        "low rank": (
            np.tanh(rng.normal(size=(2000, 3)) @ low_rank),
            np.tanh(rng.normal(0.3, 1, (2000, 3)) @ low_rank),
            20,
        ),
        "collapse": (mixture(600, 0), 0.2 * mixture(600, 1), 20),
    }


@pytest.mark.parametrize("name", pairs())
def test_ours_agrees_with_the_published_recipe(name):
    real, generated, k = pairs()[name]
    with clustered_by(RECIPE):
        recipe = scores(real, generated, clusters=k, repeats=15).prd_auc
    ours = scores(real, generated, clusters=k, repeats=30).prd_auc
    allowed = max(0.005, recipe.std(ddof=1))
    assert ours.mean() == pytest.approx(recipe.mean(), abs=allowed)
    assert 0.5 < ours.std(ddof=1) / recipe.std(ddof=1) < 2


def test_full_convergence_is_another_metric():
    # Without structure to find, k-means converges slowly and the recipe stops on the way.
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(4000, 64)), rng.normal(0.2, 1, (4000, 64))
    ours = scores(real, generated).prd_auc
    with clustered_by(LLOYD):
        lloyd = scores(real, generated, repeats=1).prd_auc
    assert ours.mean() - lloyd.mean() > ours.std(ddof=1)


def test_order_rotation_and_scale_do_not_matter():
    real, generated = mixture(1500, 0), mixture(1500, 1, shift=0.7)
    plain = scores(real, generated).prd_auc
    rng = np.random.default_rng(2)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    for changed in (
        scores(rng.permutation(real), rng.permutation(generated)),
        scores(real @ rotation, generated @ rotation),
        scores(1e3 * real, 1e3 * generated),
        scores(real + 1e5, generated + 1e5),
    ):
        assert changed.prd_auc.mean() == pytest.approx(plain.mean(), abs=plain.std())
    np.testing.assert_array_equal(scores(4 * real, 4 * generated).prd_auc, plain)


def test_noise_lowers_the_score():
    rng = np.random.default_rng(0)
    real, generated = mixture(2000, 0), mixture(2000, 1)
    noise = rng.normal(0, 8, generated.shape)
    values = [
        scores(real, np.where(rng.random((2000, 1)) < share, noise, generated)).prd_auc.mean()
        for share in (0, 0.1, 0.3, 0.6, 1)
    ]
    assert (np.diff(values) < -0.03).all()
    assert values[0] > 0.95


def test_invalid_rows_cost_their_share():
    real, generated = mixture(1000, 0), mixture(1000, 1)
    generated[:200] = np.nan
    result = scores(real, generated)
    assert result.precision.max() == pytest.approx(0.8, abs=0.01)
    assert result.prd_auc.mean() < scores(real, mixture(1000, 1)).prd_auc.mean() - 0.1


def test_unequal_samples_are_balanced():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(5000, 4)), rng.normal(size=(100, 4))
    result = scores(real, generated)
    assert result.n == 100
    np.testing.assert_array_equal(result.prd_auc, scores(real, generated).prd_auc)
    # Uncut, the 5000 would fill the clusters without fluctuations of their own, and score 0.90.
    cuts = [scores(real, generated, seed=seed).prd_auc.mean() for seed in range(8)]
    even = [scores(real[i : i + 100], generated).prd_auc.mean() for i in range(0, 800, 100)]
    assert np.mean(cuts) == pytest.approx(np.mean(even), abs=0.03)
    assert np.mean(even) < 0.87


def test_recall_is_f_8_and_precision_f_1_8():
    """Sajjadi et al. 2018, section 4.3, with beta^2 = 64."""
    result = scores(mixture(1000, 0), mixture(1000, 1, shift=1.0), repeats=1)
    alpha, r = result.precision, result.recall
    assert result.f8 == pytest.approx([max(65 * alpha * r / (64 * alpha + r))])
    assert result.f1_8 == pytest.approx([max(65 * alpha * r / (alpha + 64 * r))])
    assert 0.1 < result.f8[0] < 0.95


def test_precision_and_recall_of_samples_have_their_roles():
    real = np.vstack([mixture(1000, 0), mixture(1000, 1) + 50])
    result = scores(real, mixture(2000, 2))
    assert result.f1_8.mean() > 0.9 > 0.6 > result.f8.mean()
    assert result.precision.shape == result.recall.shape == (1001,)
    assert result.clusters == 20


def exact_area(generated, real):
    """The area under the PRD curve of two histograms in closed form.

    Between neighbouring ratios q_k/p_k the precision is A + l B, with A the generated mass of the
    clusters below and B the real mass of those above, and the recall A/l + B, so that the area there
    is the integral of (A + l B) A/l^2 over l.
    """
    order = np.argsort(generated / real)
    slopes = np.append((generated / real)[order], np.inf)
    below, above = generated[order].cumsum(), 1 - real[order].cumsum()
    with np.errstate(invalid="ignore"):
        logarithm = np.where(above > 1e-12, np.log(slopes[1:] / slopes[:-1]), 0)
    area = below**2 * (1 / slopes[:-1] - 1 / slopes[1:])
    return (area + np.where(above > 1e-12, below * above * logarithm, 0)).sum()


def test_area_in_closed_form():
    rng = np.random.default_rng(0)
    for k in (2, 5, 20):
        generated, real = rng.dirichlet(np.ones(k), 2)
        expected = exact_area(generated, real)
        assert area(*curve_of_histograms(generated, real)) == pytest.approx(expected, abs=2e-4)


def test_spread_over_events_is_that_of_fresh_samples():
    rng = np.random.default_rng(0)
    values, estimates = [], []
    for seed in range(40):
        real, generated = rng.normal(size=(400, 3)), rng.normal(0.7, 1, size=(400, 3))
        scores = prd_scores(real, generated, clusters=10, repeats=5, seed=seed)
        values.append((scores.prd_auc.mean(), scores.f8.mean(), scores.f1_8.mean()))
        estimates.append([scores.event_sd[name] for name in ("prd_auc", "f8", "f1_8")])
    ratio = np.mean(estimates, axis=0) / np.std(values, axis=0, ddof=1)
    assert 0.7 < ratio[0] < 1.4
    assert (ratio < 3).all()  # near their end at 1, the F scores vary less than the bootstrap says
