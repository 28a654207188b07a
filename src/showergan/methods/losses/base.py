"""What a pair of losses is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor

from showergan.config.kinds import Kind


class Loss(Kind):
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
                losses of the scores' difference (Jolicoeur-Martineau 2019) ask for it.
        """

    def estimate(self, discriminator_loss: float) -> float:
        """Return the distance that a loss of the discriminator stands for, were it the best discriminator there is.

        0 is what equal distributions get; any other discriminator gives less than the best one.
        """
        return -discriminator_loss
