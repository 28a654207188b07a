"""Residual networks of images with 101 layers (He et al. 2016; Gulrajani et al. 2017, section 5.2)."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from showergan.networks.base import (
    DiscriminatorNetwork,
    GeneratorNetwork,
    NoiseDistribution,
    NoiseSize,
    Shape,
)
from showergan.networks.blocks import Bottleneck, start_as_he, with_conditions
from showergan.networks.images import (
    SMALLEST,
    DiscriminatorNormalisation,
    Filters,
    GeneratorNormalisation,
    doublings,
    spread,
)

# With three convolutions each, and the first and the last layer, 101 layers with weights. As in the names of He et al.,
# the 1 x 1 convolutions of shortcuts, where the scale changes, do not count.
BLOCKS = 33


class ResidualGenerator(GeneratorNetwork):
    """Noise and conditions through a linear layer, 33 residual blocks and a convolution to images in [-1, 1]."""

    kind: Literal["residual"] = "residual"
    noise: NoiseDistribution = "normal"
    noise_size: NoiseSize = 128
    filters: Filters = 32
    normalisation: GeneratorNormalisation = "batch"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the linear layer, and blocks from 4 x 4 to the size of the images."""
        scales = doublings(self.kind, sample_shape)
        width = self.filters * 2**scales
        body: list[nn.Module] = [
            nn.Linear(self.noise_size + n_conditions, width * SMALLEST**2),
            nn.Unflatten(1, (width, SMALLEST, SMALLEST)),
        ]
        for scale, blocks in enumerate(spread(BLOCKS, scales + 1)):
            if scale:
                body.append(Bottleneck(width, width // 2, "up", self.normalisation))
                width //= 2
            body += [
                Bottleneck(width, width, "same", self.normalisation)
                for _ in range(blocks - (scale > 0))
            ]
        body += [nn.ReLU(), nn.Conv2d(width, sample_shape[0], 3, padding=1), nn.Tanh()]
        return {"body": start_as_he(nn.Sequential(*body))}

    def forward(self, layers: Any, noise: Tensor, condition: Tensor) -> Tensor:
        """Return images, shape (n, channels, size, size)."""
        return layers.body(torch.cat([noise, condition], 1))


class ResidualDiscriminator(DiscriminatorNetwork):
    """Images and their conditions through a convolution, 33 residual blocks and a linear layer to a score.

    Conditions are channels, as those of `ConvolutionalDiscriminator`.
    """

    kind: Literal["residual"] = "residual"
    filters: Filters = 32
    normalisation: DiscriminatorNormalisation = "batch"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the convolution, blocks from the size of the images to 4 x 4, and the linear layer."""
        scales = doublings(self.kind, sample_shape)
        width = self.filters
        body: list[nn.Module] = [nn.Conv2d(sample_shape[0] + n_conditions, width, 3, padding=1)]
        for scale, blocks in enumerate(reversed(spread(BLOCKS, scales + 1))):
            if scale:
                body.append(Bottleneck(width, 2 * width, "down", self.normalisation))
                width *= 2
            body += [
                Bottleneck(width, width, "same", self.normalisation)
                for _ in range(blocks - (scale > 0))
            ]
        body += [nn.ReLU(), nn.Flatten(), nn.Linear(width * SMALLEST**2, 1)]
        return {"body": start_as_he(nn.Sequential(*body))}

    def forward(self, layers: Any, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of images, shape (n, channels, size, size)."""
        return layers.body(with_conditions(image, condition)).squeeze(1)
