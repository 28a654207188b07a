"""Multipliers of a normalised discriminator (Egorov & Rogachev 2023, section 3)."""

import torch
from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.base import Constraint, DiscriminatorBatch
from showergan.methods.layers import multipliers, multiply_output, total_multiplier, weight_layers


class ConstantMultiplier(parameters.ConstantMultiplier, Constraint):
    """The discriminator's output times a fixed constant."""

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output."""
        multiply_output(discriminator, self.value, trained=False)


class _Trained(Constraint):
    """Coefficients whose changes of sign are counted, since nothing keeps them positive."""

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

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output by a new parameter."""
        multiply_output(discriminator, self.start, trained=True)
        _watch_signs(discriminator)


class LayerMultipliers(parameters.LayerMultipliers, _Trained):
    """The output of each normalised layer times a coefficient of its own."""

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output of every convolution and linear layer by a new parameter."""
        for layer in weight_layers(discriminator).values():
            multiply_output(layer, self.start, trained=True)
        _watch_signs(discriminator)

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return each coefficient, their product, and how often a sign has changed."""
        each = {f"multiplier_{name}": c for name, c in multipliers(discriminator).items()}
        return each | super().record(discriminator)


def _signs(discriminator: nn.Module) -> Tensor:
    signs = [c.detach().sign() for c in multipliers(discriminator).values()]
    return torch.stack(signs)


def _watch_signs(discriminator: nn.Module) -> None:
    signs = _signs(discriminator)
    discriminator.register_buffer("multiplier_signs", signs)
    discriminator.register_buffer("sign_changes", signs.new_zeros(()))
