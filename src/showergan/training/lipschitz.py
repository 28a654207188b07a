"""Lipschitz constant of a trained discriminator: bounds from its weights, and gradients on data."""

import math
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv2d, conv_transpose1d, conv_transpose2d

from showergan.methods.constraints.gradient_penalty import between
from showergan.methods.layers import binding, flattened, output_scale, weight_layers

ITERATIONS = 500  # power iteration comes from below, here to about 0.1 %
SQUARINGS = 10


def lipschitz_table(
    discriminator: nn.Module, real: Tensor, fake: Tensor, condition: Tensor, mix: Tensor
) -> pd.DataFrame:
    """Return the norm of each layer, the bounds they give, and the largest gradient norms on data.

    Args:
        discriminator: as trained.
        real: real samples, shape (n, ...).
        fake: generated samples under the same conditions, same shape.
        condition: shape (n, c).
        mix: uniform random numbers in [0, 1), shape (n,), the places of points between real and fake.

    Returns:
        One row per layer with flattened (largest singular value of the flattened weight in use) and operator (norm of
        the layer as a linear map on its actual input size), each times the factor of the layer's output; and a row
        "total" with their products times the factor of the network's output (Egorov & Rogachev 2023, equation 3) and
        the largest norm of grad_x f on real, on fake and between them. f is taken at fixed conditions. Like
        `layer_norms`, the products count no normalisation layers, nor any layer where the output is normalised by
        itself. After a divergence values are NaN.
    """
    sizes = input_sizes(discriminator, real[:1], condition[:1])
    rows: list[dict[str, Any]] = []
    for name, layer in weight_layers(discriminator).items():
        weight = layer.weight.detach()
        scale = output_scale(layer).detach().abs().item()
        flat = operator = spectral_norm(flattened(weight).double()).item()
        if not isinstance(layer, nn.Linear):
            operator = convolution_norm(layer, sizes[name]).item()
        rows.append({"layer": name, "flattened": scale * flat, "operator": scale * operator})
    output = output_scale(discriminator).detach().abs().item()
    bounds = list(binding(discriminator, rows))
    total = {
        "layer": "total",
        "flattened": output * math.prod(row["flattened"] for row in bounds),
        "operator": output * math.prod(row["operator"] for row in bounds),
        "gradient_real": largest_gradient(discriminator, real, condition),
        "gradient_fake": largest_gradient(discriminator, fake, condition),
        "gradient_between": largest_gradient(discriminator, between(real, fake, mix), condition),
    }
    return pd.DataFrame([*rows, total])


@torch.no_grad()
def spectral_norm(matrix: Tensor) -> Tensor:
    """Return the largest singular values of matrices (..., m, n), shape (...); NaN of one that is not finite.

    By Gelfand's formula, sigma^2 = lim |G^k|^(1/k) with G = W W^T, in the Frobenius norm and with k = 2^10. It is
    never below sigma, and at most a factor r^(1/4k) above for the rank r: 0.14 % for 300 equal singular values, and
    rounding only where one stands out. It needs products of matrices alone: no start vector and, unlike the
    library's decompositions, no waiting for a device and no error where a training has diverged.
    """
    tiny = torch.finfo(matrix.dtype).tiny
    # So that squares neither overflow nor vanish.
    largest = matrix.abs().amax((-2, -1), keepdim=True).clamp(min=tiny)
    matrix = matrix / largest
    power = matrix @ matrix.mT if matrix.shape[-2] <= matrix.shape[-1] else matrix.mT @ matrix
    log_norm = torch.zeros_like(largest)
    for squaring in range(SQUARINGS):
        norm = power.norm(dim=(-2, -1), keepdim=True)
        log_norm = log_norm + norm.log() / 2**squaring
        power = power / norm.clamp(min=tiny)
        power = power @ power
    log_norm = log_norm + power.norm(dim=(-2, -1), keepdim=True).log() / 2**SQUARINGS
    return (largest * (log_norm / 2).exp())[..., 0, 0]


@torch.no_grad()
def convolution_norm(layer: nn.Conv1d | nn.Conv2d, size: tuple[int, ...]) -> Tensor:
    """Return the operator norm of a convolution on inputs of one size, shape ().

    Power iteration with the convolution and its adjoint, the transposed convolution (Gouk et al. 2021, section 3.2).
    The layer pads with numbers of zeros; the size is that of its input in pixels, without channels.
    """
    convolve, adjoint = (conv1d, conv_transpose1d) if len(size) == 1 else (conv2d, conv_transpose2d)
    weight = layer.weight.double()
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, layer.in_channels, *size, generator=generator, dtype=torch.float64)
    x = x.to(weight.device)
    stride, padding, dilation = layer.stride, [int(p) for p in layer.padding], layer.dilation
    # Rows and columns at the far edge that no kernel reaches.
    rest = [
        (n + 2 * p - d * (k - 1) - 1) % s
        for n, p, d, k, s in zip(size, padding, dilation, layer.kernel_size, stride, strict=True)
    ]
    norm = x.new_zeros(())
    for _ in range(ITERATIONS):
        x = x / x.norm()
        y = convolve(x, weight, None, stride, padding, dilation, layer.groups)
        norm = y.norm()
        x = adjoint(y, weight, None, stride, padding, rest, layer.groups, dilation)
    return norm


def largest_gradient(discriminator: nn.Module, sample: Tensor, condition: Tensor) -> float:
    """Return the largest norm over all numbers of x of grad_x f(x, condition) among samples of shape (n, ...)."""
    norms = []
    for x, c in zip(sample.split(500), condition.split(500), strict=True):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(discriminator(x, c).sum(), x)
        # Some activations have a gradient even where x is not finite.
        norms.append((gradient + 0 * x.detach()).flatten(1).norm(dim=1))
    return torch.cat(norms).max().item()


@torch.no_grad()
def input_sizes(
    discriminator: nn.Module, sample: Tensor, condition: Tensor
) -> dict[str, tuple[int, ...]]:
    """Return the size in pixels of the input of every convolution."""
    sizes: dict[str, tuple[int, ...]] = {}
    handles = [
        layer.register_forward_pre_hook(
            lambda _, inputs, name=name: sizes.update({name: tuple(inputs[0].shape[2:])})
        )
        for name, layer in weight_layers(discriminator).items()
        if not isinstance(layer, nn.Linear)
    ]
    discriminator(sample, condition)
    for handle in handles:
        handle.remove()
    return sizes
