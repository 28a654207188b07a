from functools import partial

import numpy as np
import pytest
import torch
from clusterings import LLOYD, RECIPE, histograms

from showergan.errors import UserError
from showergan.metrics.kmeans import cluster_histograms


def blobs(n, shares, seed=0, d=3):
    """Points around far corners, in proportion to the shares."""
    rng = np.random.default_rng(seed)
    corners = 100 * np.random.default_rng(99).normal(size=(len(shares), d))
    return corners[rng.choice(len(shares), n, p=shares)] + rng.normal(size=(n, d))


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    "clustered", [cluster_histograms, partial(histograms, RECIPE), partial(histograms, LLOYD)]
)
def test_separate_blobs_are_found(clustered):
    real, generated = blobs(900, [0.5, 0.3, 0.2]), blobs(900, [0.2, 0.2, 0.6], seed=1)
    p_real, p_generated = clustered(real, generated, 3, 4, 0)
    assert p_real.shape == p_generated.shape == (4, 4)
    for r, g in zip(p_real, p_generated, strict=True):
        order = np.argsort(g[:3])
        assert g[order[2]] == pytest.approx(0.6, abs=0.05)
        assert r[order[2]] == pytest.approx(0.2, abs=0.05)
        assert sorted(r[:3]) == pytest.approx([0.2, 0.3, 0.5], abs=0.05)


def test_non_finite_rows_are_a_cluster_of_their_own():
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(200, 2)), rng.normal(size=(200, 2))
    real[:10, 0] = np.nan
    generated[:50, 1] = np.inf
    p_real, p_generated = cluster_histograms(real, generated, 6, 3, 0)
    np.testing.assert_allclose(p_real[:, -1], 0.05)
    np.testing.assert_allclose(p_generated[:, -1], 0.25)
    np.testing.assert_allclose(p_real.sum(axis=1), 1)
    np.testing.assert_allclose(p_generated.sum(axis=1), 1)


def test_a_sample_without_finite_rows():
    real, nothing = np.zeros((5, 2)), np.full((5, 2), np.nan)
    p_real, p_generated = cluster_histograms(real, nothing, 3, 2, 0)
    assert (p_real[:, -1] == 0).all()
    assert (p_generated[:, -1] == 1).all()
    p_real, p_generated = cluster_histograms(nothing, nothing, 3, 2, 0)
    np.testing.assert_array_equal(p_real, [[1], [1]])


def test_clusters_are_at_most_the_points_of_the_smaller_sample():
    rng = np.random.default_rng(0)
    p_real, _ = cluster_histograms(rng.normal(size=(7, 2)), rng.normal(size=(30, 2)), 20, 2, 0)
    assert p_real.shape == (2, 8)


@pytest.mark.parametrize("scale", [1.0, 1e25])
def test_identical_and_huge_points_do_no_harm(scale):
    real, generated = np.full((50, 2), scale), np.full((50, 2), scale)
    p_real, p_generated = cluster_histograms(real, generated, 4, 3, 0)
    np.testing.assert_allclose(p_real, p_generated)
    np.testing.assert_allclose(p_real.sum(axis=1), 1)
    generated[:5] *= -1
    p_real, p_generated = cluster_histograms(real, generated, 4, 3, 0)
    np.testing.assert_allclose(np.abs(p_real - p_generated).sum(axis=1), 0.2, rtol=1e-6)


@pytest.mark.parametrize("n", [150, 3000])
def test_the_seed_decides_and_the_threads_do_not(n, threads):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(n, 16)), rng.normal(size=(n, 16))
    results = []
    for count, seed in ((1, 3), (1, 3), (2, 3), (1, 4)):
        torch.set_num_threads(count)
        results.append(cluster_histograms(real, generated, 20, 5, seed)[0])
    np.testing.assert_array_equal(results[0], results[1])
    # A point half way between two centres may change sides with the rounding of a product.
    assert np.abs(results[0] - results[2]).sum(axis=1).max() <= 4 / n
    assert np.abs(results[0] - results[3]).sum(axis=1).min() > 0.05


def test_repeats_differ():
    rng = np.random.default_rng(0)
    p_real, _ = cluster_histograms(rng.normal(size=(500, 4)), rng.normal(size=(500, 4)), 10, 6, 0)
    assert len(np.unique(np.sort(p_real, axis=1), axis=0)) == 6


@pytest.mark.parametrize(
    ("real", "generated", "clusters", "repeats"),
    [
        (np.zeros((0, 2)), np.zeros((3, 2)), 2, 1),
        (np.zeros((3, 2)), np.zeros((3, 3)), 2, 1),
        (np.zeros(3), np.zeros(3), 2, 1),
        (np.zeros((3, 2)), np.zeros((3, 2)), 0, 1),
        (np.zeros((3, 2)), np.zeros((3, 2)), 2, 0),
    ],
)
def test_bad_input_is_refused(real, generated, clusters, repeats):
    with pytest.raises(UserError):
        cluster_histograms(real, generated, clusters, repeats, 0)


@pytest.mark.parametrize("n", [2000, 2300])
def test_shares_of_many_divided_points_sum_to_one(n):
    """Identical points lie at equal distance from all centres that start on them."""
    for histogram in cluster_histograms(np.zeros((n, 3)), np.ones((n, 3)), 20, 10, 0):
        np.testing.assert_allclose(histogram.sum(axis=1), 1, rtol=1e-12)
