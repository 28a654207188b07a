"""The embedding learns, stops early, repeats and survives a round trip."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from showergan.config.tasks.showers import Embedding
from showergan.errors import UserError
from showergan.tasks.showers.embedding import (
    load_embedding,
    predict,
    r2,
    save_embedding,
    targets_of,
    train_embedding,
)
from showergan.tasks.showers.metrics.residuals import _rows
from showergan.tasks.showers.reference_statistics import features_of
from showergan.tasks.showers.sample import Showers

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def showers():
    """Blobs: the place is the entry point, the sum follows the momentum."""
    rng = np.random.default_rng(0)
    point = rng.normal(0, 3, (400, 2)).astype("f4")
    momentum = np.stack([*rng.normal(0, 1, (2, 400)), rng.uniform(1, 50, 400)], 1).astype("f4")
    cells = np.arange(30) - 14.5
    dx = cells[None, None, :] - point[:, 0, None, None]
    dy = cells[None, :, None] - point[:, 1, None, None]
    energy = 20 * momentum[:, 2, None, None] * np.exp(-(dx**2 + dy**2) / 8)
    return Showers(energy.astype("f4"), point, momentum, np.full(400, 11, "i4"))


def recipe(**changes):
    return Embedding(**{"epochs": 12, "batch_size": 32, "patience": 12, **changes})


@pytest.fixture(scope="module")
def trained(showers):
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("showergan.training.embedding.say", lines.append)
        fitted = train_embedding(showers, recipe(), CPU)
    heads = [f"epoch {number}/12: held-out R2" for number in range(1, 13)]
    assert [line.rpartition(" ")[0] for line in lines] == heads
    return *fitted, [float(line.split()[-1]) for line in lines]


def test_it_learns_what_the_image_shows(showers, trained):
    regressor, fit, scores = trained
    _, targets = predict(regressor, torch.from_numpy(showers.energy).unsqueeze(1))
    score = r2(targets, torch.from_numpy(targets_of(showers)))
    assert (score[2:] > 0.6).all(), score  # pz, x, y
    assert scores[fit.best_epoch - 1] == max(scores)
    assert (fit.n_fitted, fit.n_held_out) == (360, 40)


def test_it_is_repeatable(showers, trained):
    again = train_embedding(showers, recipe(), CPU)[0].state_dict()
    assert all(torch.equal(v, again[k]) for k, v in trained[0].state_dict().items())


def test_it_stops_when_patience_ends(showers):
    _, fit = train_embedding(showers, recipe(epochs=50, patience=1, learning_rate=0.05), CPU)
    assert fit.n_epochs < 50
    assert fit.n_epochs == fit.best_epoch + 1


def test_batch_larger_than_the_fit(showers):
    with pytest.raises(UserError, match=r"embedding\.batch_size = 361 is larger than the 360"):
        train_embedding(showers, recipe(batch_size=361), CPU)


def test_r2_of_known_predictions():
    true = torch.tensor([[1.0], [2.0], [3.0]])
    assert r2(true, true).item() == 1
    assert r2(torch.full_like(true, 2.0), true).item() == 0
    assert r2(torch.tensor([[1.0], [2.0], [4.0]]), true).item() == pytest.approx(0.5)


def test_round_trip(trained, tmp_path):
    save_embedding(trained[0], tmp_path / "model.pt")
    loaded = load_embedding(tmp_path / "model.pt", CPU)
    energy = torch.rand(5, 1, 30, 30)
    assert torch.equal(predict(loaded, energy)[1], predict(trained[0], energy)[1])
    with pytest.raises(UserError, match="does not exist"):
        load_embedding(tmp_path / "nothing.pt", CPU)
    (tmp_path / "bad.pt").write_text("x")
    with pytest.raises(UserError, match="not an embedding"):
        load_embedding(tmp_path / "bad.pt", CPU)


def test_targets_without_spread_are_left_out(showers, tmp_path):
    """One momentum, along z: divided by its spread of 0, the loss was no number, and neither was any weight."""
    momentum = np.tile(np.array([0, 0, 40], "f4"), (len(showers), 1))
    momentum *= (1 + 1e-7 * np.random.default_rng(1).normal(size=momentum.shape)).astype("f4")
    beam = replace(showers, momentum=momentum)
    regressor, _ = train_embedding(beam, recipe(), CPU)
    assert regressor.targets == ("x_cm", "y_cm")
    save_embedding(regressor, tmp_path / "model.pt")
    loaded = load_embedding(tmp_path / "model.pt", CPU)
    embedding, found = predict(loaded, torch.from_numpy(beam.energy).unsqueeze(1))
    assert embedding.isfinite().all()
    assert (r2(found, torch.from_numpy(targets_of(beam, loaded.targets))) > 0.6).all()

    features = features_of([beam], loaded, "corrected", 0.0, CPU)
    assert np.isnan(features.own["residuals"][:, :3]).all()
    assert np.isfinite(features.own["residuals"][:, 3:]).all()
    rows = list(_rows(SimpleNamespace(real=features, other=features, seed=1)))
    values = {space: measured.value for _, space, _, measured in rows}
    assert np.isnan(values["px_GeV"]) and values["x_cm"] > 0
    assert values["conditions"] == 0


def test_showers_of_one_particle_are_told_by_their_energy_and_centre(showers):
    point, momentum = np.zeros((400, 2), "f4"), np.tile(np.array([0, 0, 40], "f4"), (400, 1))
    beam = replace(showers, point=point, momentum=momentum)
    regressor, _ = train_embedding(beam, recipe(), CPU)
    assert regressor.targets == ("ln_energy_MeV", "centre_x_cm", "centre_y_cm")
    found = predict(regressor, torch.from_numpy(beam.energy).unsqueeze(1))[1]
    true = targets_of(beam, regressor.targets)
    np.testing.assert_allclose(true[:, 0], np.log1p(beam.energy.sum(axis=(1, 2))), rtol=1e-5)
    np.testing.assert_allclose(true[:50, 1:], showers.point[:50], atol=0.2)  # the blobs' places
    assert (r2(found, torch.from_numpy(true)) > 0.5).all()
    alike = replace(beam, energy=np.repeat(beam.energy[:1], 400, axis=0))
    with pytest.raises(UserError, match="there is nothing to learn"):
        train_embedding(alike, recipe(), CPU)


def test_weights_that_are_no_numbers_are_an_error(showers):
    broken = replace(showers, energy=np.full_like(showers.energy, 3e38))
    with pytest.raises(UserError, match=r"without a score that is a number.*learning rate below"):
        train_embedding(broken, recipe(epochs=2), CPU)


def test_r2_of_what_does_not_differ_is_undefined():
    assert r2(torch.tensor([[1.0], [2.0]]), torch.ones(2, 1)).isnan().all()
