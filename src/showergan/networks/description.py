"""Tables of the layers, shapes and parameter counts of networks."""

from copy import deepcopy
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.config.networks import DiscriminatorNetwork, GeneratorNetwork, Shape
from showergan.networks.base import build

INPUT, OUTPUT = "input", "output"


@torch.no_grad()
def describe(module: nn.Module, **inputs: Tensor) -> list[dict[str, Any]]:
    """Return the inputs, the layers in the order in which data passes them, and the outputs.

    A layer is a module without children. What happens between layers (joining, reshaping, cropping) shows as a layer
    that takes another shape than the one before it gives.

    Args:
        module: left as it was.
        **inputs: of the module's `forward` in their order, by the names to show, with a batch in front.

    Returns:
        Rows with name, kind (for example "Conv2d 3x3 /2", "input" or "output"), takes and shape (of input
        and output without the batch, for example "32x15x15"; "" without an input) and parameters (their number).
    """
    rows = [_row(name, INPUT, None, value) for name, value in inputs.items()]
    copy = deepcopy(module).eval()
    for name, layer in copy.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(
                lambda layer, taken, result, name=name: rows.append(
                    _row(name, _kind(layer), taken[0], result)
                    | {"parameters": sum(p.numel() for p in layer.parameters())}
                )
            )
    result = copy(*inputs.values())
    outputs = {OUTPUT: result} if isinstance(result, Tensor) else result._asdict()
    return rows + [_row(name, OUTPUT, value, value) for name, value in outputs.items()]


def _row(name: str, kind: str, taken: Tensor | None, result: Tensor) -> dict[str, Any]:
    takes, shape = (
        "" if values is None else "x".join(map(str, values.shape[1:])) or "1"
        for values in (taken, result)
    )
    return {"name": name, "kind": kind, "takes": takes, "shape": shape, "parameters": 0}


def _kind(layer: nn.Module) -> str:
    """Return the class, with kernel and stride of a convolution and the probability of dropout."""
    words = [type(layer).__name__]
    if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d):
        words += ["x".join(map(str, layer.kernel_size)), f"/{layer.stride[0]}"]
    if isinstance(layer, nn.Dropout):
        words.append(f"{layer.p:g}")
    return " ".join(words)


def architectures(
    generator: GeneratorNetwork,
    discriminator: DiscriminatorNetwork,
    sample_shape: Shape,
    n_conditions: int,
    further: dict[str, list[dict[str, Any]]],
) -> pd.DataFrame:
    """Return the layers of generator, discriminator and further networks, results of `describe` by name.

    Returns:
        Columns network, order (from 0), layer, kind, takes, shape and parameters, see `describe`.
    """
    noise, sample = torch.zeros(2, generator.noise_size), torch.zeros(2, *sample_shape)
    name = "image" if len(sample_shape) == 3 else "sample"
    condition, sizes = torch.zeros(2, n_conditions), (sample_shape, n_conditions)
    layers = {
        "generator": describe(build(generator, *sizes), noise=noise, condition=condition),
        "discriminator": describe(
            build(discriminator, *sizes), **{name: sample}, condition=condition
        ),
        **further,
    }
    return pd.DataFrame(
        {"network": network, "order": order, **row}
        for network, rows in layers.items()
        for order, row in enumerate(rows)
        if row["shape"] != "0"  # conditions where there are none
    ).rename(columns={"name": "layer"})
