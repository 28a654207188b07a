"""The least-squares loss (Mao et al. 2017, equation 9 with a = 0, b = c = 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from torch import Tensor

from showergan.methods.losses.base import Loss


class LeastSquares(Loss):
    """Half the squared distance of scores from 1 (real) and 0 (fake)."""

    kind: Literal["least_squares"] = "least_squares"
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
