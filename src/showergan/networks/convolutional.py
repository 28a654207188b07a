"""Convolutional networks of images (Radford, Metz & Chintala 2016, DCGAN), and what may be changed about them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.networks import blocks
from showergan.networks.base import (
    DiscriminatorNetwork,
    GeneratorNetwork,
    Layers,
    NoiseDistribution,
    NoiseSize,
    Shape,
)
from showergan.networks.blocks import start_as_he, with_conditions
from showergan.networks.images import (
    SMALLEST,
    DiscriminatorNormalisation,
    Filters,
    GeneratorNormalisation,
    Nonlinearity,
    doublings,
    spread,
)

Depth = Annotated[
    Layers | None,
    Field(
        description="layers with weights: one more than the changes of scale and, in between, convolutions that "
        "keep it; null: as few as there can be"
    ),
]


class ConvolutionalGenerator(GeneratorNetwork):
    """Noise and conditions through a linear layer and transposed convolutions to images in [-1, 1]."""

    kind: Literal["convolutional"] = "convolutional"
    noise: NoiseDistribution = "normal"
    noise_size: NoiseSize = 128
    filters: Filters = 64
    constant_filters: bool = Field(False, description="the same number in all layers")
    depth: Depth = None
    nonlinearity: Nonlinearity = "relu"
    normalisation: GeneratorNormalisation = "batch"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return the linear layer, and convolutions from 4 x 4 to the size of the images."""
        scales = doublings(self.kind, sample_shape)
        halves = 1 + (self.nonlinearity == "gated")  # outputs that a filter needs
        widths = [self.filters * (1 if self.constant_filters else 2**i) for i in range(scales)]
        widths.reverse()
        bias = self.normalisation != "batch"  # which has its own

        def after(filters: int) -> list[nn.Module]:
            return [
                *blocks.normalisation(self.normalisation, halves * filters),
                blocks.nonlinearity(self.nonlinearity),
            ]

        n_in, first = self.noise_size + n_conditions, halves * widths[0]
        body: list[nn.Module] = [
            nn.Linear(n_in, first * SMALLEST**2, bias=bias),
            nn.Unflatten(1, (first, SMALLEST, SMALLEST)),
            *after(widths[0]),
        ]
        for i, kept in enumerate(spread(_further(self, scales), scales)):
            for _ in range(kept):
                body += [nn.Conv2d(widths[i], halves * widths[i], 3, padding=1, bias=bias)]
                body += after(widths[i])
            last = i == scales - 1
            channels = sample_shape[0] if last else halves * widths[i + 1]
            body += [
                nn.ConvTranspose2d(widths[i], channels, 4, stride=2, padding=1, bias=bias or last)
            ]
            body += [nn.Tanh()] if last else after(widths[i + 1])
        return {"body": start_as_he(nn.Sequential(*body))}

    def forward(self, layers: Any, noise: Tensor, condition: Tensor) -> Tensor:
        """Return images, shape (n, channels, size, size)."""
        return layers.body(torch.cat([noise, condition], 1))


class ConvolutionalDiscriminator(DiscriminatorNetwork):
    """Images and their conditions through convolutions with stride and a linear layer to a score.

    Each condition is one more channel of the image, the same number everywhere, so that all layers see it.
    """

    kind: Literal["convolutional"] = "convolutional"
    filters: Filters = 64
    depth: Depth = None
    nonlinearity: Nonlinearity = "leaky_relu"
    normalisation: DiscriminatorNormalisation = "batch"

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return convolutions from the size of the images to 4 x 4, and the linear layer."""
        scales = doublings(self.kind, sample_shape)
        halves = 1 + (self.nonlinearity == "gated")
        body: list[nn.Module] = []
        width = sample_shape[0] + n_conditions

        def add(
            filters: int, kernel: int, stride: int, normalised: DiscriminatorNormalisation
        ) -> None:
            body.extend(
                [
                    nn.Conv2d(
                        *(width, halves * filters, kernel),
                        stride=stride,
                        padding=1,
                        bias=normalised != "batch",
                    ),
                    *blocks.normalisation(normalised, halves * filters),
                    blocks.nonlinearity(self.nonlinearity),
                ]
            )

        further = reversed(spread(_further(self, scales), scales))
        for i, kept in enumerate(further):
            filters = self.filters * 2**i
            add(filters, 4, 2, self.normalisation if i else "none")
            width = filters
            for _ in range(kept):
                add(filters, 3, 1, self.normalisation)
        body += [nn.Flatten(), nn.Linear(width * SMALLEST**2, 1)]
        return {"body": start_as_he(nn.Sequential(*body))}

    def forward(self, layers: Any, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of images, shape (n, channels, size, size)."""
        return layers.body(with_conditions(image, condition)).squeeze(1)


def _further(network: ConvolutionalGenerator | ConvolutionalDiscriminator, scales: int) -> int:
    """Return how many convolutions keep the scale."""
    fewest = scales + 1
    depth = network.depth or fewest
    if depth < fewest:
        raise UserError(
            f"{network.kind}: depth = {depth} is too few layers for images of {SMALLEST * 2**scales} x "
            f"{SMALLEST * 2**scales} pixels, which take {fewest} at least"
        )
    return depth - fewest
