"""Multipliers of a normalised discriminator, and the penalty on them."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.layers import (
    multipliers,
    multiply_output,
    total_multiplier,
    weight_layers,
)


class ConstantMultiplier(parameters.ConstantMultiplier, Constraint):
    """The discriminator's output times a fixed constant."""

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output."""
        multiply_output(discriminator, self.value, trained=False)


class _Trained(Constraint):
    """Trained coefficients of outputs; their changes of sign are counted, since nothing keeps them positive."""

    def scaled(self, discriminator: nn.Module) -> Iterable[nn.Module]:
        """Return the modules whose output gets a coefficient."""
        return [discriminator]

    def attach(self, discriminator: nn.Module) -> None:
        """Scale outputs by new parameters."""
        for module in self.scaled(discriminator):
            multiply_output(module, self.start, trained=True)  # type: ignore[attr-defined]
        signs = _signs(discriminator)
        discriminator.register_buffer("multiplier_signs", signs)
        discriminator.register_buffer("sign_changes", signs.new_zeros(()))

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Count changes of sign."""
        last, now = discriminator.get_buffer("multiplier_signs"), _signs(discriminator)
        discriminator.get_buffer("sign_changes").add_((now != last).sum())
        last.copy_(now)

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the product of all coefficients, and how often a sign has changed."""
        changes = discriminator.get_buffer("sign_changes")
        return {"multiplier": total_multiplier(discriminator), "sign_changes": changes}


class TrainableMultiplier(parameters.TrainableMultiplier, _Trained):
    """The discriminator's output times a coefficient that is trained with it."""


class LayerMultipliers(parameters.LayerMultipliers, _Trained):
    """The output of each normalised layer times a coefficient of its own."""

    def scaled(self, discriminator: nn.Module) -> Iterable[nn.Module]:
        """Return every convolution and linear layer."""
        return weight_layers(discriminator).values()

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return each coefficient, their product, and how often a sign has changed."""
        each = {f"multiplier_{name}": c for name, c in multipliers(discriminator).items()}
        return each | super().record(discriminator)


def _signs(discriminator: nn.Module) -> Tensor:
    return torch.stack([c.detach().sign() for c in multipliers(discriminator).values()])


class PowerPenalty(parameters.PowerPenalty, Constraint):
    """The penalty on trainable multipliers (Egorov & Rogachev 2023, equations 4 to 6)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        total = total_multiplier(discriminator)
        excess = total.abs() if self.offset is None else (total - self.offset).relu()
        return self.weight * excess**self.p
