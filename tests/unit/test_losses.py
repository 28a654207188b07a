"""Losses against closed forms; those that see real scores are trained in test_training.py."""

import math

import pytest
import torch

from showergan.kinds import kinds
from showergan.losses import Loss

LOSSES = {name: kind() for name, kind in kinds(Loss).items()}

REAL, FAKE = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 0.0, 1.0])


def not_asked():
    raise AssertionError("no loss here needs real scores in the generator's step")


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_wasserstein():
    assert LOSSES["wasserstein"].discriminator(REAL, FAKE).item() == pytest.approx(0.5 - 0.5)
    assert LOSSES["wasserstein"].generator(FAKE, not_asked).item() == pytest.approx(-0.5)


def test_gan_is_cross_entropy_of_logits():
    expected = -sum(math.log(sigmoid(x)) for x in REAL.tolist()) / 2
    expected -= sum(math.log(1 - sigmoid(x)) for x in FAKE.tolist()) / 3
    assert LOSSES["gan"].discriminator(REAL, FAKE).item() == pytest.approx(expected)
    expected = -sum(math.log(sigmoid(x)) for x in FAKE.tolist()) / 3
    assert LOSSES["gan"].generator(FAKE, not_asked).item() == pytest.approx(expected)


def test_gan_survives_large_scores():
    loss = LOSSES["gan"].discriminator(torch.tensor([-1e4]), torch.tensor([1e4]))
    assert loss.item() == pytest.approx(2e4)


def test_least_squares():
    assert LOSSES["least_squares"].discriminator(REAL, FAKE).item() == pytest.approx(
        (1 + 4) / 4 + 1.25 / 6
    )
    assert LOSSES["least_squares"].generator(FAKE, not_asked).item() == pytest.approx(
        (0.25 + 1 + 0) / 6
    )


@pytest.mark.parametrize("name", LOSSES)
def test_the_discriminator_wants_real_above_fake(name):
    real = torch.zeros(4, requires_grad=True)
    fake = torch.zeros(4, requires_grad=True)
    LOSSES[name].discriminator(real, fake).backward()
    assert (real.grad < 0).all()
    if name != "least_squares":  # there fake scores of 0 are already what it wants
        assert (fake.grad > 0).all()
    again = torch.zeros(4, requires_grad=True)
    LOSSES[name].generator(again, not_asked).backward()
    assert (again.grad < 0).all()
