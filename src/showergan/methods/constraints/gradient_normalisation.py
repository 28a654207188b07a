"""Gradient normalisation: a bound on the discriminator's output in place of its weights."""

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint


class GradientNormalisation(parameters.GradientNormalisation, Constraint):
    """Gradient normalisation (Wu et al. 2021), at every call of the discriminator."""

    def attach(self, discriminator: nn.Module) -> None:
        """Let the discriminator return the normalised score."""
        discriminator.register_forward_pre_hook(_differentiable)
        discriminator.register_forward_hook(_normalised)
        discriminator.bounded = True  # type: ignore[assignment]


def _differentiable(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the inputs with samples that a gradient is taken at; those of a generator have theirs already."""
    samples, *others = inputs
    if not samples.requires_grad:
        samples = samples.detach().requires_grad_()
    return samples, *others


def _normalised(discriminator: nn.Module, inputs: tuple[Tensor, ...], scores: Tensor) -> Tensor:
    if not torch.is_grad_enabled():  # the pass has left nothing to differentiate
        with torch.enable_grad():
            return discriminator(*inputs).detach()
    (gradient,) = torch.autograd.grad(scores.sum(), inputs[0], create_graph=True)
    return scores / (gradient.flatten(1).norm(dim=1) + scores.abs())
