"""Spectral normalisation (Miyato et al. 2018, section 2 and algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveInt

from showergan.constraints.base import Constraint, Slot

if TYPE_CHECKING:
    from torch import Tensor, nn


class SpectralNorm(Constraint):
    """W -> W / sigma, with sigma the largest singular value of the flattened weight, estimated by power iteration.

    The vectors u, v start as normalised Gaussians and are warmed up once; then one iteration is done
    before each discriminator step. The gradient flows through sigma = u^T W v with u and v held fixed.
    """

    slot: ClassVar[Slot] = "normaliser"
    kind: Literal["spectral_norm"] = "spectral_norm"
    warmup_iterations: PositiveInt = Field(15, description="power iterations before training")

    def attach(self, discriminator: nn.Module) -> None:
        """Give each convolution and linear layer its normalised weight."""
        import torch

        from showergan.constraints.layers import (
            flattened,
            normalised_layers,
            reparametrise,
            trained_weight,
        )

        for layer in normalised_layers(discriminator).values():
            matrix = flattened(trained_weight(layer).detach())
            u, v = (torch.randn(size, device=matrix.device) for size in matrix.shape)
            u, v = power_iteration(matrix, u / u.norm(), v / v.norm(), self.warmup_iterations)
            reparametrise(layer, divide_by_sigma, u=u, v=v)

    def before_step(self, discriminator: nn.Module) -> None:
        """Move every u, v by one power iteration."""
        import torch

        from showergan.constraints.layers import (
            flattened,
            normalised_layers,
            reparametrisations,
            trained_weight,
        )

        with torch.no_grad():
            for layer in normalised_layers(discriminator).values():
                state = reparametrisations(layer)[0]
                u, v = state.get_buffer("u"), state.get_buffer("v")
                new_u, new_v = power_iteration(flattened(trained_weight(layer)), u, v, 1)
                u.copy_(new_u)
                v.copy_(new_v)


def power_iteration(matrix: Tensor, u: Tensor, v: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return unit left and right singular vectors after `count` iterations.

    Args:
        matrix: shape (rows, columns).
        u: unit vector, shape (rows,).
        v: unit vector, shape (columns,).
        count: number of iterations.
    """
    from torch.nn.functional import normalize

    for _ in range(count):
        v = normalize(matrix.mT @ u, dim=0)
        u = normalize(matrix @ v, dim=0)
    return u, v


def divide_by_sigma(weight: Tensor, state: nn.Module) -> Tensor:
    """Return weight / sigma with sigma = u^T W v (Miyato et al. 2018, equation 8 and algorithm 1)."""
    from showergan.constraints.layers import flattened

    sigma = state.get_buffer("u") @ (flattened(weight) @ state.get_buffer("v"))
    return weight / sigma
