"""Penalties: terms of the discriminator's loss."""

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.base import Constraint, DiscriminatorBatch
from showergan.methods.layers import total_multiplier


class GradientPenalty(parameters.GradientPenalty, Constraint):
    """The gradient penalty (Gulrajani et al. 2017, equation 3)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        points = between(batch.real, batch.fake, batch.mix).requires_grad_()
        scores = discriminator(points, batch.condition)
        (gradient,) = torch.autograd.grad(scores.sum(), points, create_graph=True)
        excess = gradient.flatten(1).norm(dim=1) - 1
        if self.one_sided:
            excess = excess.relu()
        return self.weight * (excess**2).mean()


def between(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return a point on the segment from each fake sample to a real one, of their shape (n, ...).

    Args:
        real: shape (n, ...).
        fake: same shape.
        mix: places on the segments, shape (n,): 0 is fake, 1 is real.
    """
    mix = mix.view(-1, *[1] * (real.ndim - 1))
    return mix * real + (1 - mix) * fake


class PowerPenalty(parameters.PowerPenalty, Constraint):
    """The penalty on trainable multipliers (Egorov & Rogachev 2023, equations 4 to 6)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        total = total_multiplier(discriminator)
        excess = total.abs() if self.offset is None else (total - self.offset).relu()
        return self.weight * excess**self.p
