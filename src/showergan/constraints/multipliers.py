"""Multipliers of a normalised discriminator (Egorov & Rogachev 2023, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, PositiveFloat

from showergan.constraints.base import Constraint, Slot

if TYPE_CHECKING:
    from torch import Tensor, nn


class ConstantMultiplier(Constraint):
    """The discriminator's output times a fixed constant."""

    slot: ClassVar[Slot] = "multiplier"
    kind: Literal["constant"] = "constant"
    value: PositiveFloat = Field(description="c; the Lipschitz bound is c times the normalised one")

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output."""
        import torch

        from showergan.constraints.layers import multiply_output

        multiply_output(discriminator, _like(discriminator, torch.tensor(self.value)))


class TrainableMultiplier(Constraint):
    """The discriminator's output times a coefficient that is trained with it."""

    slot: ClassVar[Slot] = "multiplier"
    kind: Literal["trainable"] = "trainable"
    start: PositiveFloat = Field(1.0, description="first value; with an offset penalty, the offset")

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output by a new parameter."""
        import torch
        from torch import nn

        from showergan.constraints.layers import multiply_output

        start = _like(discriminator, torch.tensor(self.start))
        multiply_output(discriminator, nn.Parameter(start))

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the coefficient."""
        from showergan.constraints.layers import total_multiplier

        return {"multiplier": total_multiplier(discriminator)}


class LayerMultipliers(Constraint):
    """The output of each normalised layer times a coefficient of its own."""

    slot: ClassVar[Slot] = "multiplier"
    kind: Literal["trainable_per_layer"] = "trainable_per_layer"
    start: PositiveFloat = Field(1.0, description="first value of every coefficient")

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output of every convolution and linear layer by a new parameter."""
        import torch
        from torch import nn

        from showergan.constraints.layers import multiply_output, normalised_layers

        for layer in normalised_layers(discriminator).values():
            start = _like(discriminator, torch.tensor(self.start))
            multiply_output(layer, nn.Parameter(start))

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return each coefficient and their product."""
        from showergan.constraints.layers import multipliers, total_multiplier

        each = {f"multiplier_{name}": c for name, c in multipliers(discriminator).items()}
        return {**each, "multiplier": total_multiplier(discriminator)}


def _like(discriminator: nn.Module, value: Tensor) -> Tensor:
    return value.to(next(discriminator.parameters()))
