"""Losses of the discriminator and of the generator, from scores."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from torch import Tensor
from torch.nn.functional import softplus

LossName = Literal["wasserstein", "gan", "least_squares"]


class Losses(NamedTuple):
    """A pair of losses to minimise.

    Attributes:
        discriminator: maps f(real), f(fake), each of shape (batch,), to a value of shape ().
        generator: maps f(fake), shape (batch,), to a value of shape ().
    """

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


LOSSES: dict[LossName, Losses] = {
    # Arjovsky, Chintala & Bottou 2017, algorithm 1; Egorov & Rogachev 2023, equation 2.
    "wasserstein": Losses(
        lambda real, fake: fake.mean() - real.mean(),
        lambda fake: -fake.mean(),
    ),
    # Goodfellow et al. 2014, section 3, with the log D trick; scores are logits.
    "gan": Losses(
        lambda real, fake: softplus(-real).mean() + softplus(fake).mean(),
        lambda fake: softplus(-fake).mean(),
    ),
    # Mao et al. 2017, equation 9 (a = 0, b = c = 1).
    "least_squares": Losses(
        lambda real, fake: ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2,
        lambda fake: ((fake - 1) ** 2).mean() / 2,
    ),
}
