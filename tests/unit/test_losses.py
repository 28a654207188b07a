"""Losses against closed forms; those that see real scores are trained in test_training.py."""

import math

import pytest
import torch

from showergan.config.kinds import implemented, kinds
from showergan.config.losses import Loss as Parameters
from showergan.methods.losses import Loss

LOSSES = {name: implemented(kind(), Loss) for name, kind in kinds(Parameters).items()}

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


def test_hinge():
    """Of 2, -1 lack 0 and 2 to 1; of 0.5, 0, 1 lack 1.5, 1 and 2 to -1."""
    assert LOSSES["hinge"].discriminator(REAL, FAKE).item() == pytest.approx(2 / 2 + 4.5 / 3)
    assert LOSSES["hinge"].generator(FAKE, not_asked).item() == pytest.approx(-0.5)
    sure = LOSSES["hinge"].discriminator(torch.tensor([1.0, 9.0]), torch.tensor([-1.0, -9.0]))
    assert sure.item() == 0


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


# Two known distributions over three places, and the best discriminator's scores there.
P, Q = torch.tensor([0.5, 0.25, 0.25]), torch.tensor([0.125, 0.25, 0.625])


def drawn(shares, scores):
    """Return the scores of a sample with exactly these shares."""
    return scores.repeat_interleave((shares * 8).long())


def test_the_best_standard_discriminator_gives_the_jensen_shannon_divergence():
    logits = (P / Q).log()
    loss = LOSSES["gan"].discriminator(drawn(P, logits), drawn(Q, logits)).item()
    middle = (P + Q) / 2
    expected = ((P * (P / middle).log()).sum() + (Q * (Q / middle).log()).sum()) / 2
    assert LOSSES["gan"].estimate(loss) == pytest.approx(expected.item())
    worse = LOSSES["gan"].discriminator(drawn(P, 2 * logits), drawn(Q, 2 * logits)).item()
    assert LOSSES["gan"].estimate(worse) < expected


def test_half_sure_of_everything_is_no_distance_and_sure_is_log_2():
    zero, sure = torch.zeros(8), torch.full((8,), 50.0)
    assert LOSSES["gan"].estimate(LOSSES["gan"].discriminator(zero, zero).item()) == pytest.approx(
        0, abs=1e-6
    )
    assert LOSSES["gan"].estimate(LOSSES["gan"].discriminator(sure, -sure).item()) == pytest.approx(
        math.log(2)
    )


def test_the_best_discriminator_of_points_on_a_line_gives_their_shift():
    real = torch.tensor([0.0, 1.0, 5.0])
    assert LOSSES["wasserstein"].estimate(
        LOSSES["wasserstein"].discriminator(real + 3, real).item()
    ) == pytest.approx(3)


def test_the_best_least_squares_discriminator_gives_the_triangular_discrimination():
    best = P / (P + Q)
    loss = LOSSES["least_squares"].discriminator(drawn(P, best), drawn(Q, best)).item()
    expected = ((P - Q) ** 2 / (P + Q)).sum().item() / 2
    assert LOSSES["least_squares"].estimate(loss) == pytest.approx(expected)
    same = LOSSES["least_squares"].discriminator(torch.full((8,), 0.5), torch.full((8,), 0.5))
    assert LOSSES["least_squares"].estimate(same.item()) == pytest.approx(0)


def test_the_best_hinge_discriminator_gives_the_total_variation_distance():
    def estimate(scores):
        loss = LOSSES["hinge"].discriminator(drawn(P, scores), drawn(Q, scores))
        return LOSSES["hinge"].estimate(loss.item())

    expected = (P - Q).abs().sum().item() / 2
    assert estimate((P - Q).sign()) == pytest.approx(expected)
    for factor in (0.0, 0.9, 1.1):
        assert estimate(factor * (P - Q).sign()) < expected - 1e-3


GRADIENTS = {
    # d/df of each loss at real scores r and fake scores f, of n and m samples.
    "wasserstein": (lambda r, n: -1 / n, lambda f, m: 1 / m, lambda f, m: -1 / m),
    "gan": (
        lambda r, n: (sigmoid(r) - 1) / n,
        lambda f, m: sigmoid(f) / m,
        lambda f, m: (sigmoid(f) - 1) / m,
    ),
    "hinge": (lambda r, n: -(r < 1) / n, lambda f, m: (f > -1) / m, lambda f, m: -1 / m),
    "least_squares": (lambda r, n: (r - 1) / n, lambda f, m: f / m, lambda f, m: (f - 1) / m),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_have_their_closed_form(name):
    of_real, of_fake, of_generated = GRADIENTS[name]
    real, fake, made = (x.clone().requires_grad_() for x in (REAL, FAKE, FAKE))
    LOSSES[name].discriminator(real, fake).backward()
    LOSSES[name].generator(made, not_asked).backward()
    for scores, closed in ((real, of_real), (fake, of_fake), (made, of_generated)):
        expected = [closed(x, len(scores)) for x in scores.tolist()]
        assert scores.grad.tolist() == pytest.approx(expected)
