"""DRAGAN, the gradient penalty around real samples."""

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.constraints.gradient_penalty import between, slopes


class Dragan(parameters.Dragan, Constraint):
    """DRAGAN (Kodali et al. 2017), with the perturbation of its published code."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        real = batch.real
        noise = torch.rand(real.shape, generator=batch.random, dtype=real.dtype, device=real.device)
        perturbed = real + 0.5 * real.std(correction=0) * noise
        points = between(real, perturbed, batch.mix)
        excess = slopes(discriminator, points, batch.condition).norm(dim=1) - 1
        return self.weight * (excess**2).mean()
