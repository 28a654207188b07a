"""Beams whose particles are alike in part or in all: what has no spread is left out, named and never scored."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.measurement.measure import measure
from showergan.metrics.conditional_prd import conditional_prd
from showergan.metrics.measured import Measured, mean_relative_difference
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.tasks.showers import Conditioning, train_embedding, without_spread
from showergan.tasks.showers.embedding import predict
from showergan.tasks.showers.embedding_recipe import Embedding
from showergan.tasks.showers.features import features_of
from showergan.tasks.showers.gflash import resimulate
from showergan.tasks.showers.rectangles import rectangles_of
from showergan.tasks.showers.spread import varies
from showergan.tasks.showers.yardstick import energy_edges, yardstick_of
from showergan.training.early_stopping import train

CPU = torch.device("cpu")
N = 120
ALIKE = np.tile(np.float32([0, 0, 40]), (N, 1))
ONE_POINT = np.zeros((N, 2), np.float32)


def beam(point=ONE_POINT, momentum=ALIKE):
    (showers,) = resimulate(point, momentum, seed=3)
    return showers


@pytest.fixture(scope="module")
def alike():
    return beam()


@pytest.fixture(scope="module")
def entering_anywhere():
    return beam(point=np.random.default_rng(1).normal(0, 2.5, (N, 2)).astype(np.float32))


def embedded(showers):
    return train_embedding(showers, Embedding(epochs=2, batch_size=16), CPU)[0]


def of(showers, regressor=None):
    return features_of([showers], regressor, "corrected", 6.0, CPU)


def test_rounding_is_no_spread():
    values = np.column_stack([[40, 40.000004, 40], [0, 0, 0], [1, 2, 3], [np.nan] * 3])
    assert varies(values.astype(np.float32)).tolist() == [False, False, True, False]


def test_the_embedding_learns_what_differs(entering_anywhere):
    regressor = embedded(entering_anywhere)
    assert list(regressor.targets.values()) == ["x_cm", "y_cm"]
    images = torch.from_numpy(entering_anywhere.energy).unsqueeze(1)
    embedding, targets = predict(regressor, images)
    assert embedding.isfinite().all()
    assert targets.isnan().all(dim=0).tolist() == [True, True, True, False, False]


def test_of_particles_that_are_all_alike_it_learns_the_showers(alike):
    regressor = embedded(alike)
    assert list(regressor.targets.values()) == ["total_energy_MeV", "centre_x_cm", "centre_y_cm"]
    features = of(alike, regressor)
    assert np.isfinite(features.spaces["E"]).all()
    assert np.isnan(features.own["residuals"]).all()


def test_a_training_that_ends_in_no_numbers_is_an_error():
    network = torch.nn.Linear(1, 1)
    course = {"epochs": 3, "patience": 3, "learning_rate": 1e-3}
    with pytest.raises(UserError, match="no number in any of 3 epochs"):
        train(network, lambda: iter(()), lambda: float("nan"), None, **course)


@pytest.mark.parametrize("form", ["raw", "scaled"])
def test_conditions_that_are_all_alike_are_named_and_stay_numbers(form):
    momentum = np.tile(np.float32([3.1, -1.7, 39.9]), (4_001, 1))
    point = np.full((4_001, 2), 1.3, np.float32)
    conditions = Conditioning.fitted(form, point, momentum).of(point, momentum)
    assert np.abs(conditions).max() < 100
    assert len(without_spread(form, point, momentum)) == 7
    momentum[0] *= 2
    assert "px/pz" in without_spread("scaled", point, momentum)
    assert "ln|p|" not in without_spread("scaled", point, momentum)


def test_zero_has_one_sign():
    point = np.float32([[-1, -0.0], [-0.0, 1], [0.0, -0.0], [-0.0, -0.0]])
    momentum = np.float32([[-0.0, -0.0, 1]] * 4)
    conditioning = Conditioning.fitted("raw", point, momentum)
    same = conditioning.of(np.abs(point) * np.sign(point), np.abs(momentum))
    np.testing.assert_array_equal(conditioning.of(point, momentum), same)
    assert conditioning.of(point, momentum)[:, 5] == pytest.approx([np.pi, np.pi / 2, 0, 0])


@pytest.mark.parametrize("kind", ["rectangles", "quantiles"])
def test_one_point_is_one_bin(kind):
    rectangles = rectangles_of(ONE_POINT, kind, (3, 3))
    assert rectangles.n_bins == 1
    assert set(rectangles.assign(ONE_POINT)) == {0}


def test_quantiles_that_fall_together_are_one_edge():
    points = np.float32([[0, y] for y in [0] * 90 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
    assert rectangles_of(points, "quantiles", (3, 3)).y_edges == (0, 10)
    three = np.float32([[x, 0] for x in [-5] * 50 + [0] * 25 + [5] * 25])
    assert rectangles_of(three, "quantiles", (3, 3)).x_edges == (-5, 0, 5)


def test_one_momentum_is_one_bin_whose_showers_all_count(alike):
    assert energy_edges(np.full(9, 40.0) + 1e-6 * np.arange(9)) == pytest.approx((40, 40))
    narrow = energy_edges(40 + 0.01 * np.linspace(0, 1, 100))
    assert len(narrow) == 6
    yardstick = yardstick_of(6.0, of(alike), Evaluation())
    bins = yardstick.energy_bins(of(alike))
    assert [inside.sum() for inside in bins.values()] == [N]


def test_narrow_bins_of_momentum_keep_their_names_apart():
    random = np.random.default_rng(2)
    momentum = ALIKE * (1 + 1e-4 * random.random((N, 1), dtype=np.float32))
    features = of(beam(momentum=momentum))
    bins = yardstick_of(6.0, features, Evaluation()).energy_bins(features)
    assert len(bins) == 5
    assert sum(inside.sum() for inside in bins.values()) == N


@pytest.mark.parametrize("rows", ["cluster", "drop"])
@pytest.mark.parametrize("other", ["nothing", "numbers"])
def test_what_is_undefined_for_real_samples_scores_nothing(rows, other):
    """Both samples once filled the same cluster of their own, and any generator had 1.000."""
    real = np.full((100, 4), np.nan)
    generated = real if other == "nothing" else np.zeros((100, 4))
    bins = np.zeros(100, int)
    settings = {"clusters": 5, "repeats": 2, "n_min": 10, "seed": 1}
    found = conditional_prd(real, generated, bins, bins, 1, invalid_rows=rows, **settings)
    assert all(np.isnan(row.value) for row in found["prd_auc"].values())
    assert found["prd_auc"]["all"].flagged


def test_a_few_undefined_ones_still_count():
    real = np.random.default_rng(0).normal(size=(100, 2))
    lost = real.copy()
    lost[:40] = np.nan
    bins = np.zeros(100, int)
    settings = {"clusters": 5, "repeats": 2, "n_min": 10, "seed": 1}
    found = conditional_prd(lost, real, bins, bins, 1, **settings)["prd_auc"]["all"].value
    assert found < 0.7


def test_no_metric_of_a_beam_takes_what_is_undefined_for_perfect(alike):
    features = of(alike, embedded(alike))
    yardstick = yardstick_of(6.0, features, Evaluation())
    untrained = of(replace(alike, energy=0 * alike.energy), embedded(alike))
    recipe = Evaluation(clusters=5, repeats=2)
    table = measure(features, untrained, yardstick, recipe).set_index(["metric", "space", "bin"])
    undefined = table.loc["prd_auc"].loc[["P", "P_std"], "value"]
    assert undefined.isna().all()
    assert np.isnan(table.loc[("residual_error", "conditions", "all"), "value"])
    assert set(prd_curves(Pair(features, untrained, yardstick, recipe))["space"]) == {"E"}
    for name, (real, other) in Pair(features, untrained, yardstick, recipe).standardised.items():
        assert np.isfinite(real).all() and np.isfinite(other).all(), name


def test_errors_of_what_real_samples_lack_are_left_out():
    real = [Measured(2.0, event_sd=0.1, n=5), Measured(np.nan)]
    found = mean_relative_difference([Measured(3.0, event_sd=0.1, n=5), Measured(np.nan)], real)
    assert found.value == pytest.approx(0.5)
    assert np.isnan(mean_relative_difference(real[1:], real[1:]).value)
