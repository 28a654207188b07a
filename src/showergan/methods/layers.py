"""Access of a constraint to a discriminator's layers: their weights, and factors of their outputs.

All state lies in the module that a function is called with, so that a copied or moved discriminator uses its own.
"""

import math
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from showergan.errors import UserError

Bound = TypeVar("Bound")

WeightLayer = nn.Linear | nn.Conv1d | nn.Conv2d

# Their gains act on each number of the output by itself. Where they were trained stands in a ParametrizationList.
_WITHOUT_MATRIX = (nn.LayerNorm, nn.RMSNorm, parametrize.ParametrizationList)


def weight_layers(discriminator: nn.Module) -> dict[str, WeightLayer]:
    """Return the layers with a weight matrix, linear ones and convolutions, by name in forward order.

    Normalisation layers (BatchNorm, LayerNorm, ...) have gains but no matrix. They are none of these layers: no
    constraint on layers acts on them, weight clipping of everything apart, and no Lipschitz bound counts them.

    Raises:
        UserError: another layer has a weight of two or more dimensions, and would stay without any constraint.
    """
    found: dict[str, WeightLayer] = {}
    for name, module in discriminator.named_modules():
        if isinstance(module, WeightLayer):
            found[name] = module
        elif not isinstance(module, _WITHOUT_MATRIX) and any(
            p.ndim > 1 for p in module.parameters(recurse=False)
        ):
            raise UserError(
                f"layer {name or 'at the top'} of the discriminator is a {type(module).__name__}, whose weights no "
                "constraint and no Lipschitz bound knows. Known are Linear, Conv1d and Conv2d: choose another "
                "discriminator, or teach weight_layers (showergan/methods/layers.py) this one"
            )
    return found


def flattened(weight: Tensor) -> Tensor:
    """Return a weight as the matrix (out, in * kernel) (Miyato et al. 2018, section 2.1), without a copy.

    Columns are in the order of memory, where the channels of a convolution may come last; no singular value knows.
    """
    last = weight.ndim == 4 and weight.is_contiguous(memory_format=torch.channels_last)
    return (weight.movedim(1, -1) if last else weight).flatten(1)


def full_precision(weight: Tensor) -> AbstractContextManager[None]:
    """Return a context in which nothing on the device of a weight is computed with fewer bits than it has."""
    kind = weight.device.type
    reduced = torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
    return torch.autocast(kind, enabled=False) if reduced else nullcontext()


class Reparametrised(nn.Module):
    """The weight that a layer uses, function(trained weight, this module); buffers are the state of the function."""

    def __init__(self, function: Callable[[Tensor, nn.Module], Tensor], **buffers: Tensor) -> None:
        super().__init__()
        self.function = function
        for name, value in buffers.items():
            self.register_buffer(name, value)

    def forward(self, weight: Tensor) -> Tensor:
        """Return the weight the layer uses, of the shape of the trained one, in full precision."""
        with full_precision(weight):
            return self.function(weight, self)


def reparametrise(
    layer: nn.Module, function: Callable[[Tensor, nn.Module], Tensor], **buffers: Tensor
) -> None:
    """Let `layer` use function(weight, module with the buffers) in place of its trained weight."""
    parametrize.register_parametrization(layer, "weight", Reparametrised(function, **buffers))


def reparametrisations(layer: nn.Module) -> list[Reparametrised]:
    """Return the re-parametrisations of a layer's weight in the order in which they act."""
    if not parametrize.is_parametrized(layer, "weight"):
        return []
    return [m for m in layer.parametrizations.weight if isinstance(m, Reparametrised)]  # type: ignore[union-attr]


def trained_weight(layer: nn.Module) -> Tensor:
    """Return the weight that the optimiser moves, before any re-parametrisation."""
    if parametrize.is_parametrized(layer, "weight"):
        return layer.parametrizations.weight.original  # type: ignore[union-attr, return-value]
    return layer.weight  # type: ignore[return-value]


def scale_output(module: nn.Module, factor: Callable[[nn.Module], Tensor]) -> None:
    """Multiply the output of a layer or discriminator, bias included, by factor(module), computed at every call.

    The factor is a function at the top level of a Python module, so that copies can carry it.
    """
    if not hasattr(module, "output_factors"):
        module.output_factors = []  # type: ignore[assignment]
        module.register_forward_hook(_scale)
    module.output_factors.append(factor)  # type: ignore[operator, union-attr]


def output_scale(module: nn.Module) -> Tensor:
    """Return the present factor of the output of `module`, shape ()."""
    factors = getattr(module, "output_factors", [])
    return math.prod((f(module) for f in factors), start=torch.ones(()))


def _scale(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> Tensor:
    return output * output_scale(module).to(output)


def binding(discriminator: nn.Module, of_layers: Iterable[Bound]) -> Iterable[Bound]:
    """Return the bounds whose product, times the factor of the output, bounds the slope of a whole discriminator.

    They are those of its layers, but none where its output, marked `bounded`, has a slope of at most 1 by itself.
    """
    return () if getattr(discriminator, "bounded", False) else of_layers


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
