"""Losses of the discriminator and of the generator."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from showergan.config import losses as parameters


class Loss(ABC):
    """A loss of the discriminator and one of the generator, from scores, both to minimise.

    Attributes:
        estimates: the distance between real and generated samples that `estimate` gives.
    """

    estimates: ClassVar[str] = "minus the discriminator's loss"

    @abstractmethod
    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return the discriminator's loss, shape (), of f(real) and f(fake), each of shape (batch,)."""

    @abstractmethod
    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return the generator's loss, shape ().

        Args:
            fake: f(fake), shape (batch,).
            real: returns f(real) of real samples under the same conditions, shape (batch,), for a forward pass more;
                losses of the scores' difference (Jolicoeur-Martineau 2019) call it.
        """

    def estimate(self, discriminator_loss: float) -> float:
        """Return the distance that a loss of the discriminator stands for, were it the best discriminator there is.

        0 is what equal distributions get; any other discriminator gives less than the best one.
        """
        return -discriminator_loss


class Wasserstein(parameters.Wasserstein, Loss):
    """The dual form of the Wasserstein distance (Arjovsky, Chintala & Bottou 2017, algorithm 1).

    It estimates the distance times the Lipschitz constant of the best f (ibid., equation 3).
    """

    estimates: ClassVar[str] = "Wasserstein distance"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return E f(fake) - E f(real)."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E f(fake)."""
        return -fake.mean()


class NonSaturating(parameters.NonSaturating, Loss):
    """The loss of the first GAN (Goodfellow et al. 2014, section 3, with the log D trick)."""

    estimates: ClassVar[str] = "Jensen-Shannon divergence"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return -E log D(real) - E log(1 - D(fake)), D being the sigmoid of f."""
        softplus = functional.softplus
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E log D(fake)."""
        return functional.softplus(-fake).mean()

    def estimate(self, discriminator_loss: float) -> float:
        """Return log 2 less the mean cross-entropy, in nats, at most log 2 (Goodfellow et al. 2014, theorem 1)."""
        return math.log(2) - discriminator_loss / 2


class LeastSquares(parameters.LeastSquares, Loss):
    """The least-squares loss (Mao et al. 2017, equation 9 with a = 0, b = c = 1)."""

    estimates: ClassVar[str] = "triangular discrimination"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return E (f(real) - 1)^2 / 2 + E f(fake)^2 / 2."""
        return ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return E (f(fake) - 1)^2 / 2."""
        return ((fake - 1) ** 2).mean() / 2

    def estimate(self, discriminator_loss: float) -> float:
        """Return the half of the integral of (p - q)^2 / (p + q), at most 1: the best f is p / (p + q)."""
        return 1 - 4 * discriminator_loss


class Hinge(parameters.Hinge, Loss):
    """The hinge loss (Lim & Ye 2017; Miyato et al. 2018, equations 16 and 17)."""

    estimates: ClassVar[str] = "total variation distance"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return E max(0, 1 - f(real)) + E max(0, 1 + f(fake))."""
        return (1 - real).relu().mean() + (1 + fake).relu().mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E f(fake)."""
        return -fake.mean()

    def estimate(self, discriminator_loss: float) -> float:
        """Return the half of the integral of |p - q|, at most 1: the best f is the sign of p - q."""
        return 1 - discriminator_loss / 2
