"""Factors of a layer's output, or of the whole discriminator's."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


def scale_output(module: nn.Module, factor: Callable[[nn.Module], Tensor]) -> None:
    """Multiply the output of `module`, bias included, by factor(module), asked for at every call.

    Args:
        module: a layer, or the whole discriminator.
        factor: a function at the top level of a module, so that copies of `module` can carry it.
    """
    if not hasattr(module, "output_factors"):
        module.output_factors = []  # type: ignore[assignment]
        module.register_forward_hook(_scale)
    module.output_factors.append(factor)  # type: ignore[operator, union-attr]


def output_scale(module: nn.Module) -> Tensor:
    """Return what the output of `module` is multiplied by now, shape ()."""
    factors = getattr(module, "output_factors", [])
    return math.prod((f(module) for f in factors), start=torch.ones(()))


def _scale(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> Tensor:
    return output * output_scale(module).to(output)


def multiply_output(module: nn.Module, start: float, trained: bool) -> None:
    """Give `module` a multiplier of its output, which is trained or kept."""
    multiplier = next(module.parameters()).new_tensor(start)
    if trained:
        module.register_parameter("multiplier", nn.Parameter(multiplier))
    else:
        module.register_buffer("multiplier", multiplier)
    scale_output(module, _multiplier)


def _multiplier(module: nn.Module) -> Tensor:
    return module.multiplier  # type: ignore[return-value]


def multipliers(discriminator: nn.Module) -> dict[str, Tensor]:
    """Return the live multipliers by the name of the module they scale ("" is the whole network)."""
    return {
        name: module.multiplier
        for name, module in discriminator.named_modules()
        if hasattr(module, "multiplier")
    }


def total_multiplier(discriminator: nn.Module) -> Tensor:
    """Return the product of all multipliers of a discriminator, shape ()."""
    return math.prod(multipliers(discriminator).values(), start=torch.ones(()))
