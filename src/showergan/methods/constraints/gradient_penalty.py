"""The gradient penalty (Gulrajani et al. 2017, equation 3)."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field, PositiveFloat
from torch import Tensor, nn

from showergan.methods.constraints.base import Constraint, DiscriminatorBatch, Slot, between


class GradientPenalty(Constraint):
    """weight * mean (||grad_x f(x_hat, condition)|| - 1)^2 at x_hat on the segments from fake to real.

    The norm of a sample's gradient is taken over all its numbers. One-sided: only norms above 1 are penalised
    (Petzka, Fischer & Lukovnikov 2018).
    """

    slot: ClassVar[Slot] = "penalty"
    per_sample: ClassVar[bool] = True  # else there is no gradient of a sample
    kind: Literal["gradient"] = "gradient"
    weight: PositiveFloat = Field(10.0, description="lambda")
    one_sided: bool = Field(False, description="penalise only norms above 1")

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        points = between(batch.real, batch.fake, batch.mix).requires_grad_()
        scores = discriminator(points, batch.condition)
        (gradient,) = torch.autograd.grad(scores.sum(), points, create_graph=True)
        excess = gradient.flatten(1).norm(dim=1) - 1
        if self.one_sided:
            excess = excess.relu()
        return self.weight * (excess**2).mean()
