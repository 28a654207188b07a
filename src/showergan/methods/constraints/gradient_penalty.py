"""The gradient penalty of WGAN-GP, and the gradients that all such penalties are of."""

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch


class GradientPenalty(parameters.GradientPenalty, Constraint):
    """The gradient penalty (Gulrajani et al. 2017, equation 3)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        points = between(batch.real, batch.fake, batch.mix)
        excess = slopes(discriminator, points, batch.condition).norm(dim=1) - 1
        if self.one_sided:
            excess = excess.relu()
        return self.weight * (excess**2).mean()


def slopes(discriminator: nn.Module, points: Tensor, condition: Tensor) -> Tensor:
    """Return grad_x f(x, condition) at points of shape (n, ...), shape (n, numbers of one), to differentiate again."""
    points = points.detach().requires_grad_()
    scores = discriminator(points, condition)
    (gradient,) = torch.autograd.grad(scores.sum(), points, create_graph=True)
    return gradient.flatten(1)


def between(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return a point on the segment from each fake sample to a real one, all of shape (n, ...).

    `mix`, shape (n,), are the places on the segments: 0 is fake, 1 is real.
    """
    mix = mix.view(-1, *[1] * (real.ndim - 1))
    return mix * real + (1 - mix) * fake
