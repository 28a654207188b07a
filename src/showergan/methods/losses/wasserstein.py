"""The dual form of the Wasserstein distance (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from torch import Tensor

from showergan.methods.losses.base import Loss


class Wasserstein(Loss):
    """The difference of mean scores (Egorov & Rogachev 2023, equation 2)."""

    kind: Literal["wasserstein"] = "wasserstein"
    estimates: ClassVar[str] = "Wasserstein distance"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return E f(fake) - E f(real)."""
        return fake.mean() - real.mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E f(fake)."""
        return -fake.mean()

    def estimate(self, discriminator_loss: float) -> float:
        """Return E f(real) - E f(fake): the distance times the Lipschitz constant of the best f (ibid., equation 3)."""
        return -discriminator_loss
