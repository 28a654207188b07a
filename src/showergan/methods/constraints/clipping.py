"""Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, PositiveFloat
from torch import nn

from showergan.methods.constraints.base import Constraint, DiscriminatorBatch, Slot
from showergan.methods.layers.weights import weight_layers


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
            found = weight_layers(discriminator).values()
            clipped = [layer for layer in found if isinstance(layer, nn.Linear)]
        for module in clipped:
            for parameter in module.parameters():
                parameter.data.clamp_(-self.bound, self.bound)
