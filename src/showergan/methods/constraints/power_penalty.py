"""The penalty on trainable multipliers (Egorov & Rogachev 2023, equations 4 to 6)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import Tensor, nn

from showergan.methods.constraints.base import Constraint, DiscriminatorBatch, Slot
from showergan.methods.layers.outputs import total_multiplier


class PowerPenalty(Constraint):
    """weight * |C|^p, or with an offset weight * max(0, C - offset)^p, where C is the product of all multipliers.

    At C = offset the gradient is 0.
    """

    slot: ClassVar[Slot] = "penalty"
    kind: Literal["power"] = "power"
    weight: PositiveFloat = Field(description="lambda")
    p: float = Field(2.0, ge=1)
    offset: NonNegativeFloat | None = Field(None, description="multipliers up to this are free")

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        total = total_multiplier(discriminator)
        excess = total.abs() if self.offset is None else (total - self.offset).relu()
        return self.weight * excess**self.p
