"""Residual networks of images with 101 layers (He et al. 2016; Gulrajani et al. 2017, section 5.2)."""

from collections.abc import Iterable
from typing import Literal

import torch
from torch import Tensor, nn

from showergan.config import networks as parameters
from showergan.config.networks import Normalisation, Shape
from showergan.networks import blocks
from showergan.networks.base import Discriminator, Generator
from showergan.networks.blocks import SMALLEST, Bottleneck, spread, start_as_he

# With three convolutions each, and the first and the last layer, 101 layers with weights. As in the names of He et al.,
# the 1 x 1 convolutions of shortcuts, where the scale changes, do not count.
BLOCKS = 33


class ResidualGenerator(Generator):
    """A linear layer, residual blocks from 4 x 4 to the size of the images, and a convolution."""

    def __init__(
        self, settings: parameters.ResidualGenerator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        scales = blocks.doublings(settings.kind, sample_shape)
        width = settings.filters * 2**scales
        self.body = start_as_he(
            nn.Sequential(
                nn.Linear(settings.noise_size + n_conditions, width * SMALLEST**2),
                nn.Unflatten(1, (width, SMALLEST, SMALLEST)),
                *_blocks(spread(BLOCKS, scales + 1), width, "up", settings.normalisation),
                nn.ReLU(),
                nn.Conv2d(settings.filters, sample_shape[0], 3, padding=1),
                nn.Tanh(),
            )
        )

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return images, shape (n, channels, size, size)."""
        return self.body(torch.cat([noise, condition], 1))


class ResidualDiscriminator(Discriminator):
    """A convolution, residual blocks from the size of the images to 4 x 4, and a linear layer."""

    def __init__(
        self, settings: parameters.ResidualDiscriminator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        scales, width = blocks.doublings(settings.kind, sample_shape), settings.filters
        counts = reversed(spread(BLOCKS, scales + 1))
        self.body = start_as_he(
            nn.Sequential(
                nn.Conv2d(sample_shape[0] + n_conditions, width, 3, padding=1),
                *_blocks(counts, width, "down", settings.normalisation),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(width * 2**scales * SMALLEST**2, 1),
            )
        )

    def forward(self, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of images, shape (n, channels, size, size)."""
        return self.body(blocks.with_conditions(image, condition)).squeeze(1)


def _blocks(
    counts: Iterable[int], width: int, change: Literal["up", "down"], normalised: Normalisation
) -> list[nn.Module]:
    """Return so many blocks at each scale; the first of each but the first scale changes it, and the channels."""
    body: list[nn.Module] = []
    for count in counts:
        if body:
            wider = width // 2 if change == "up" else 2 * width
            body.append(Bottleneck(width, wider, change, normalised))
            width, count = wider, count - 1
        body += [Bottleneck(width, width, "same", normalised) for _ in range(count)]
    return body
