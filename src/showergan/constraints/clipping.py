"""Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from showergan import heavy
from showergan.constraints import layers
from showergan.constraints.base import Constraint, DiscriminatorBatch, Slot

if TYPE_CHECKING:
    from torch import nn


class WeightClipping(Constraint):
    """After each discriminator step, clip every weight and bias to [-bound, bound]."""

    slot: ClassVar[Slot] = "normaliser"
    kind: Literal["weight_clipping"] = "weight_clipping"
    bound: PositiveFloat = Field(0.1, description="c: weights stay in [-c, c]")
    layers: Literal["all", "linear"] = Field(
        "all", description="linear: convolutions stay free, as in the published code"
    )

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Clip in place."""
        clipped: list[nn.Module] = [discriminator]
        if self.layers == "linear":
            found = layers.weight_layers(discriminator).values()
            clipped = [layer for layer in found if isinstance(layer, heavy.nn.Linear)]
        for module in clipped:
            for parameter in module.parameters():
                parameter.data.clamp_(-self.bound, self.bound)
