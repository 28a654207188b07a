"""Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

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
        from torch import nn

        for module in discriminator.modules():
            if self.layers == "all" or isinstance(module, nn.Linear):
                for parameter in module.parameters(recurse=False):
                    parameter.data.clamp_(-self.bound, self.bound)
