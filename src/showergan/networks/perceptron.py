"""Multilayer perceptrons (Gulrajani et al. 2017, section 3)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from showergan.networks.base import (
    DiscriminatorNetwork,
    GeneratorNetwork,
    Layers,
    NoiseDistribution,
    NoiseSize,
    Shape,
    Units,
)

Width = Annotated[Units, Field(description="units of each hidden layer")]
Depth = Annotated[Layers, Field(description="hidden layers")]


class PerceptronGenerator(GeneratorNetwork):
    """Noise and conditions through hidden layers of ReLU units to samples of any shape."""

    kind: Literal["perceptron"] = "perceptron"
    noise: NoiseDistribution = "normal"
    noise_size: NoiseSize = 2
    width: Width = 512
    depth: Depth = 3
    output: Literal["linear", "tanh"] = Field(
        "linear", description="linear: any number; tanh: of images, in [-1, 1]"
    )

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the linear layers and what stands between them."""
        n_in, n_out = self.noise_size + n_conditions, math.prod(sample_shape)
        return {"body": perceptron(n_in, self.width, self.depth, n_out)}

    def forward(self, layers: Any, noise: Tensor, condition: Tensor) -> Tensor:
        """Return samples, shape (n, *sample_shape)."""
        flat = layers.body(torch.cat([noise, condition], 1))
        if self.output == "tanh":
            flat = flat.tanh()
        return flat.view(-1, *layers.sample_shape)


class PerceptronDiscriminator(DiscriminatorNetwork):
    """Samples of any shape and their conditions through hidden layers of ReLU units to a score."""

    kind: Literal["perceptron"] = "perceptron"
    width: Width = 512
    depth: Depth = 3

    @property
    def name(self) -> str:
        """Depth and width, for example `perceptron_3x512`."""
        return f"{self.kind}_{self.depth}x{self.width}"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the linear layers and what stands between them."""
        n_in = math.prod(sample_shape) + n_conditions
        return {"body": perceptron(n_in, self.width, self.depth, 1)}

    def forward(self, layers: Any, sample: Tensor, condition: Tensor) -> Tensor:
        """Return scores, shape (n,)."""
        return layers.body(torch.cat([sample.flatten(1), condition], 1)).squeeze(1)


def perceptron(n_in: int, width: int, depth: int, n_out: int) -> nn.Sequential:
    """Return linear layers with ReLU between them, weights N(0, 2 / inputs) (He et al. 2015), biases 0."""
    sizes = [n_in, *[width] * depth]
    body = nn.Sequential(
        *(x for a, b in pairwise(sizes) for x in (nn.Linear(a, b), nn.ReLU())),
        nn.Linear(width, n_out),
    )
    for layer in body:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return body
