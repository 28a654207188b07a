"""Spectral normalisation, by power iteration."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.layers import (
    flattened,
    full_precision,
    reparametrisations,
    reparametrise,
    scale_output,
    trained_weight,
    weight_layers,
)


class SpectralNorm(parameters.SpectralNorm, Constraint):
    """Spectral normalisation (Miyato et al. 2018, section 2 and algorithm 1)."""

    def attach(self, discriminator: nn.Module) -> None:
        """Give each convolution and linear layer its vectors u, v and its division by sigma."""
        for layer in weight_layers(discriminator).values():
            matrix = _matrix(layer)
            if self.start == "gaussian":
                u, v = (matrix.new_empty(size).normal_() for size in matrix.shape)
                u, v = u / u.norm(), v / v.norm()
            else:
                u, v = (matrix.new_empty(size).uniform_() * 2 - 1 for size in matrix.shape)
            for _ in range(self.warmup_iterations):
                [u], [v] = power_iteration([matrix], [u])
            divide, inverse = (
                partial(function, detached=self.sigma_gradient == "detached")
                for function in (divide_by_sigma, inverse_sigma)
            )
            if self.acts_on == "weight":
                reparametrise(layer, divide, u=u, v=v)
            else:
                layer.register_buffer("u", u)
                layer.register_buffer("v", v)
                scale_output(layer, inverse)
        if self.iterate == "every_pass":
            discriminator.register_forward_pre_hook(_iterate_in_training)

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Move every u, v by one power iteration."""
        if self.iterate == "after_step":
            _iterate(discriminator)


def _iterate_in_training(discriminator: nn.Module, _: tuple[Tensor, ...]) -> None:
    if discriminator.training:
        _iterate(discriminator)


def _iterate(discriminator: nn.Module) -> None:
    """Move u, v of every layer by one power iteration; the old ones stay as they are for graphs of earlier passes."""
    layers = weight_layers(discriminator).values()
    states = [a if hasattr(a, "u") else reparametrisations(a)[0] for a in layers]
    matrices = [_matrix(layer) for layer in layers]
    with full_precision(matrices[0]):
        found = power_iteration(matrices, [state.u for state in states])  # type: ignore[misc]
    for state, u, v in zip(states, *found, strict=True):
        state.u, state.v = u, v


def _matrix(layer: nn.Module) -> Tensor:
    """Return the trained weight as a matrix, a constant for the gradient."""
    return flattened(trained_weight(layer).detach())


def power_iteration(matrices: list[Tensor], us: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Return the unit left and right singular vectors of matrices, (rows,) and (columns,), after one iteration more.

    Their norms are taken together, which takes fewer kernels on a GPU.
    """
    vs = _unit([matrix.mT @ u for matrix, u in zip(matrices, us, strict=True)])
    return _unit([matrix @ v for matrix, v in zip(matrices, vs, strict=True)]), vs


def _unit(vectors: list[Tensor]) -> list[Tensor]:
    return list(torch._foreach_div(vectors, torch._foreach_norm(vectors)))


def sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return u^T W v, shape () (Miyato et al. 2018, algorithm 1), of a weight W, shape (out, ...).

    The state has the buffers u and v; detached, it is a constant for the gradient.
    """
    found = state.get_buffer("u") @ (flattened(weight) @ state.get_buffer("v"))
    return found.detach() if detached else found


def divide_by_sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return W / sigma (Miyato et al. 2018, equation 8)."""
    if detached:
        return weight / sigma(weight, state, detached)
    divided: Tensor = _DividedBySigma.apply(weight, state.get_buffer("u"), state.get_buffer("v"))
    return divided


class _DividedBySigma(torch.autograd.Function):
    """W / (u^T W v), whose gradient takes half the operations of that of its parts."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, u: Tensor, v: Tensor) -> Tensor:
        inverse = 1 / (u @ (flattened(weight) @ v))
        divided = weight * inverse
        ctx.save_for_backward(divided, inverse, u, v)
        return divided

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Return (G - <G, W / sigma> u v^T) / sigma (Miyato et al. 2018, equation 12, of one gradient G)."""
        divided, inverse, u, v = ctx.saved_tensors
        found = torch.mul(
            gradient, inverse, out=torch.empty_like(divided)
        )  # in the order of its memory
        along = torch.sum(found * divided)
        flattened(found).addr_(u, v * along, alpha=-1)
        return found, None, None


def inverse_sigma(layer: nn.Module, detached: bool) -> Tensor:
    """Return 1 / sigma of a layer's own weight, shape ()."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    with full_precision(weight):
        return 1 / sigma(weight, layer, detached)
