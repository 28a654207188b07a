"""Spectral normalisation, by power iteration."""

from functools import partial

from torch import Tensor, nn
from torch.linalg import vector_norm

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
    state, matrix = layer if hasattr(layer, "u") else reparametrisations(layer)[0], _matrix(layer)
    with full_precision(matrix):
        state.u, state.v = power_iteration(matrix, state.u, state.v, 1)  # type: ignore[arg-type]


def _matrix(layer: nn.Module) -> Tensor:
    """Return the trained weight as a matrix, a constant for the gradient."""
    return flattened(trained_weight(layer).detach())


def power_iteration(matrix: Tensor, u: Tensor, v: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return unit left and right singular vectors u and v, (rows,) and (columns,), after `count` iterations."""
    for _ in range(count):
        v = matrix.mT @ u
        v = v / vector_norm(v)
        u = matrix @ v
        u = u / vector_norm(u)
    return u, v


def sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return u^T W v, shape () (Miyato et al. 2018, algorithm 1), of a weight W, shape (out, ...).

    The state has the buffers u and v; detached, it is a constant for the gradient.
    """
    found = state.get_buffer("u") @ (flattened(weight) @ state.get_buffer("v"))
    return found.detach() if detached else found


def divide_by_sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return W / sigma (Miyato et al. 2018, equation 8); a product, whose gradient takes fewer passes over W."""
    return weight * (1 / sigma(weight, state, detached))


def inverse_sigma(layer: nn.Module, detached: bool) -> Tensor:
    """Return 1 / sigma of a layer's own weight, shape ()."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    with full_precision(weight):
        return 1 / sigma(weight, layer, detached)
