"""Multilayer perceptrons (Gulrajani et al. 2017, section 3)."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from showergan.config import networks as parameters
from showergan.config.networks import Shape
from showergan.networks.base import Discriminator, Generator


class PerceptronGenerator(Generator):
    """Hidden layers of ReLU units."""

    def __init__(
        self, settings: parameters.PerceptronGenerator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        n_in, n_out = settings.noise_size + n_conditions, math.prod(sample_shape)
        self.body = perceptron(n_in, settings.width, settings.depth, n_out)
        self.tanh = settings.output == "tanh"

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return samples, shape (n, *sample_shape)."""
        flat = self.body(torch.cat([noise, condition], 1))
        return (flat.tanh() if self.tanh else flat).view(-1, *self.sample_shape)


class PerceptronDiscriminator(Discriminator):
    """Hidden layers of ReLU units."""

    def __init__(
        self, settings: parameters.PerceptronDiscriminator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        n_in = math.prod(sample_shape) + n_conditions
        self.body = perceptron(n_in, settings.width, settings.depth, 1)

    def forward(self, sample: Tensor, condition: Tensor) -> Tensor:
        """Return scores, shape (n,)."""
        return self.body(torch.cat([sample.flatten(1), condition], 1)).squeeze(1)


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
