"""Discriminators of points before a generator that stays fixed."""

import numpy as np
import pytest
import torch

from showergan.config.recipes.found import RECIPES
from showergan.methods.constraints.gradient_penalty import between
from showergan.methods.layers import trained_weight, weight_layers
from showergan.tasks.toys import fixed_generator
from showergan.tasks.toys.fixed_generator import (
    PENALTY,
    NoisyPoints,
    Sizes,
    clipped,
    gradient_norms,
    trained,
)
from showergan.tasks.toys.points import DISTRIBUTIONS


def test_the_fixed_generator_adds_noise_of_unit_variance():
    points = torch.tensor([[10.0, -10.0]])
    made = NoisyPoints(points).draw_noise(4000, torch.Generator().manual_seed(1)) - points
    assert made.mean().item() == pytest.approx(0, abs=0.05)
    assert made.std(dim=0).tolist() == pytest.approx([1, 1], abs=0.05)


def test_clipping_piles_weights_at_its_bound():
    bound = 0.02
    trainer = trained("gaussians_8", clipped(bound), Sizes(32, 3, 200, 128, 1))
    hidden = [trained_weight(layer) for layer in weight_layers(trainer.discriminator).values()]
    weights = torch.cat([weight.detach().flatten() for weight in hidden])
    assert weights.abs().max().item() == pytest.approx(bound)
    assert (weights.abs() > 0.99 * bound).float().mean() > 0.7  # 0.01 of a uniform distribution


def test_a_gradient_penalty_brings_norms_near_1():
    trainer = trained(
        "gaussians_8",
        PENALTY | {"penalty": {"kind": "gradient", "weight": 10}},
        Sizes(64, 3, 150, 256, 1),
    )
    _, batch = trainer.discriminator_step()
    points = between(batch.real, batch.fake, batch.mix).requires_grad_()
    scores = trainer.discriminator(points, batch.condition)
    (gradient,) = torch.autograd.grad(scores.sum(), points)
    norms = gradient.norm(dim=1)
    assert norms.median().item() == pytest.approx(1, abs=0.1)
    assert (norms - 1).abs().mean() < 0.15


def test_gradients_by_layer_follow_the_chain_rule():
    """The norm at the last hidden layer is that of the last weights, over the batch, on both sides of the loss."""
    n = 128
    trainer = trained("swiss_roll", PENALTY, Sizes(16, 12, 1, n, 1))
    norms = gradient_norms(trainer)
    assert len(norms) == 12
    last = list(weight_layers(trainer.discriminator).values())[-1].weight
    # Each of 2 n points has d loss / d score = 1 / n.
    assert norms[-1] == pytest.approx(last.norm().item() * np.sqrt(2 / n))


def test_small_clipped_weights_let_gradients_vanish_towards_the_points():
    norms = gradient_norms(trained("swiss_roll", clipped(0.01), Sizes(32, 12, 20, 128, 1)))
    assert norms[0] < 1e-6 * norms[-1]


def test_surfaces_and_tables_have_their_golden_numbers(monkeypatch):
    """Golden numbers: other ones need another version of the step."""
    assert RECIPES["fixed_generator"].version == 1
    monkeypatch.setattr(fixed_generator, "GRID", 8)
    found = fixed_generator.value_surfaces(Sizes(8, 2, 3, 64, 1))
    assert found["values"].shape == (3, 3, 8, 8)
    assert list(found["sources"]) == list(DISTRIBUTIONS)
    corners = found["values"][0, :, 0, 0]
    assert corners == pytest.approx([-3.697815e-05, -3.182606, -0.5170425], rel=1e-4)
    gradients, weights = fixed_generator.deep_discriminators(Sizes(8, 3, 3, 64, 1))
    assert len(gradients) == 4 * 3
    penalised = gradients.loc[gradients["constraint"] == "gradient_penalty", "norm"]
    assert penalised.tolist() == pytest.approx([0.191430, 0.250726, 0.259278], rel=1e-4)
    assert weights.groupby("constraint")["share"].sum().to_numpy() == pytest.approx(np.ones(4))
    assert weights["right"].max() > weights["left"].max()
