"""ABCAS: a bound that tightens as real and fake scores part (Egorov & Rogachev 2023, section 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from showergan.constraints.base import Constraint, DiscriminatorBatch, Slot

if TYPE_CHECKING:
    from torch import Tensor, nn

# The plain formula blows up at q = 1 and frees the discriminator beyond it.
LARGEST_Q = 1 - 1e-3

_STATE = ("abcas_dm", "abcas_r", "abcas_clipped")


class Abcas(Constraint):
    """Each normalised weight times 0.9^r; r follows a running mean of max f(real) - max f(fake).

    dm = alpha dm + (1 - alpha) dist, q = dm / beta clipped to [0, 1 - 1e-3], r = q / (1 - q), once per generator step.
    """

    slot: ClassVar[Slot] = "controller"
    kind: Literal["abcas"] = "abcas"
    beta: PositiveFloat = Field(description="scale of the distance; larger is weaker")
    alpha: float = Field(0.9999, ge=0, lt=1, description="memory of the running mean")

    def attach(self, discriminator: nn.Module) -> None:
        """Give each layer its factor and the discriminator its running mean."""
        import torch

        from showergan.constraints.layers import normalised_layers, reparametrise

        like = next(discriminator.parameters())
        one = torch.ones((), device=like.device, dtype=like.dtype)
        for layer in normalised_layers(discriminator).values():
            reparametrise(layer, _times_factor, factor=one.clone())
        for name in _STATE:
            discriminator.register_buffer(name, torch.zeros_like(one))

    def after_generator_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Update the running mean and r, and with them the factor of every layer."""
        from showergan.constraints.layers import normalised_layers, reparametrisations

        mean, r, clipped = (discriminator.get_buffer(name) for name in _STATE)
        distance = (batch.real_scores.max() - batch.fake_scores.max()).detach()
        mean.mul_(self.alpha).add_((1 - self.alpha) * distance)
        q = mean / self.beta
        clipped.add_(q > LARGEST_Q)
        q = q.clamp(0, LARGEST_Q)
        r.copy_(q / (1 - q))
        for layer in normalised_layers(discriminator).values():
            reparametrisations(layer)[-1].get_buffer("factor").copy_(0.9**r)

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the running mean, r, and how often q was clipped from above."""
        return {name: discriminator.get_buffer(name) for name in _STATE}


def _times_factor(weight: Tensor, state: nn.Module) -> Tensor:
    return weight * state.get_buffer("factor")
