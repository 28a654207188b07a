"""Normalisers: bounds on the weights."""

from functools import partial

from torch import Tensor, nn
from torch.nn import functional

from showergan.config import constraints as parameters
from showergan.methods.constraints.base import Constraint, DiscriminatorBatch
from showergan.methods.layers import (
    flattened,
    reparametrisations,
    reparametrise,
    scale_output,
    trained_weight,
    weight_layers,
)


class WeightClipping(parameters.WeightClipping, Constraint):
    """Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Clip in place."""
        clipped: list[nn.Module] = [discriminator]
        if self.layers == "linear":
            found = weight_layers(discriminator).values()
            clipped = [layer for layer in found if isinstance(layer, nn.Linear)]
        for module in clipped:
            for parameter in module.parameters():
                parameter.data.clamp_(-self.bound, self.bound)


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
            u, v = power_iteration(matrix, u, v, self.warmup_iterations)
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
                layer.register_forward_pre_hook(_iterate_in_training)

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Move every u, v by one power iteration."""
        if self.iterate == "after_step":
            for layer in weight_layers(discriminator).values():
                _iterate(layer)


def _iterate_in_training(layer: nn.Module, _: tuple[Tensor, ...]) -> None:
    if layer.training:
        _iterate(layer)


def _iterate(layer: nn.Module) -> None:
    """Move u, v of a layer by one power iteration; the old tensors stay as they are for graphs of earlier passes."""
    state = layer if hasattr(layer, "u") else reparametrisations(layer)[0]
    u, v = state.get_buffer("u"), state.get_buffer("v")
    state.u, state.v = power_iteration(_matrix(layer), u, v, 1)


def _matrix(layer: nn.Module) -> Tensor:
    """Return the trained weight as a matrix, a constant for the gradient."""
    return flattened(trained_weight(layer).detach())


def power_iteration(matrix: Tensor, u: Tensor, v: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return unit left and right singular vectors after `count` iterations.

    Args:
        matrix: shape (rows, columns).
        u: unit vector, shape (rows,).
        v: unit vector, shape (columns,).
        count: number of iterations.
    """
    normalize = functional.normalize
    for _ in range(count):
        v = normalize(matrix.mT @ u, dim=0)
        u = normalize(matrix @ v, dim=0)
    return u, v


def sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return u^T W v, shape () (Miyato et al. 2018, algorithm 1), of a weight of shape (out, ...).

    Args:
        weight: W.
        state: has the buffers u and v.
        detached: the gradient takes it for a constant.
    """
    found = state.get_buffer("u") @ (flattened(weight) @ state.get_buffer("v"))
    return found.detach() if detached else found


def divide_by_sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return W / sigma (Miyato et al. 2018, equation 8)."""
    return weight / sigma(weight, state, detached)


def inverse_sigma(layer: nn.Module, detached: bool) -> Tensor:
    """Return 1 / sigma of a layer's own weight, shape ()."""
    return 1 / sigma(layer.weight, layer, detached)  # type: ignore[arg-type]
