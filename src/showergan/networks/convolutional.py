"""Convolutional networks of images (Radford, Metz & Chintala 2016, DCGAN) and variants of them."""

import torch
from torch import Tensor, nn

from showergan.config import networks as parameters
from showergan.config.networks import Shape
from showergan.errors import UserError
from showergan.networks import blocks
from showergan.networks.base import Discriminator, Generator
from showergan.networks.blocks import SMALLEST, doublings, spread, start_as_he, with_conditions


class ConvolutionalGenerator(Generator):
    """A linear layer, and transposed convolutions from 4 x 4 to the size of the images."""

    def __init__(
        self, settings: parameters.ConvolutionalGenerator, sample_shape: Shape, n_conditions: int
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        scales = doublings(settings.kind, sample_shape)
        halves = 1 + (settings.nonlinearity == "gated")  # outputs that a filter needs
        constant, bias = settings.constant_filters, settings.normalisation != "batch"
        widths = [settings.filters * (1 if constant else 2**i) for i in reversed(range(scales))]

        def after(filters: int) -> list[nn.Module]:
            return [
                *blocks.normalisation(settings.normalisation, halves * filters),
                blocks.nonlinearity(settings.nonlinearity),
            ]

        n_in, first = settings.noise_size + n_conditions, halves * widths[0]
        body: list[nn.Module] = [
            nn.Linear(n_in, first * SMALLEST**2, bias=bias),
            nn.Unflatten(1, (first, SMALLEST, SMALLEST)),
            *after(widths[0]),
        ]
        for i, kept in enumerate(spread(_further(settings, scales), scales)):
            for _ in range(kept):
                body += [nn.Conv2d(widths[i], halves * widths[i], 3, padding=1, bias=bias)]
                body += after(widths[i])
            last = i == scales - 1
            channels = sample_shape[0] if last else halves * widths[i + 1]
            body += [
                nn.ConvTranspose2d(widths[i], channels, 4, stride=2, padding=1, bias=bias or last)
            ]
            body += [nn.Tanh()] if last else after(widths[i + 1])
        self.body = start_as_he(nn.Sequential(*body))

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return images, shape (n, channels, size, size)."""
        return self.body(torch.cat([noise, condition], 1))


class ConvolutionalDiscriminator(Discriminator):
    """Convolutions from the size of the images to 4 x 4, and a linear layer."""

    def __init__(
        self,
        settings: parameters.ConvolutionalDiscriminator,
        sample_shape: Shape,
        n_conditions: int,
    ) -> None:
        super().__init__(settings, sample_shape, n_conditions)
        scales = doublings(settings.kind, sample_shape)
        halves = 1 + (settings.nonlinearity == "gated")
        body: list[nn.Module] = []
        width = sample_shape[0] + n_conditions
        for i, kept in enumerate(reversed(spread(_further(settings, scales), scales))):
            filters = settings.filters * 2**i
            for kernel, stride in ((4, 2), *[(3, 1)] * kept):
                normalised = settings.normalisation if body else "none"  # not the first layer
                channels, bias = halves * filters, normalised != "batch"
                body += [
                    nn.Conv2d(width, channels, kernel, stride=stride, padding=1, bias=bias),
                    *blocks.normalisation(normalised, channels),
                    blocks.nonlinearity(settings.nonlinearity),
                ]
                width = filters
        body += [nn.Flatten(), nn.Linear(width * SMALLEST**2, 1)]
        self.body = start_as_he(nn.Sequential(*body))

    def forward(self, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of images, shape (n, channels, size, size)."""
        return self.body(with_conditions(image, condition)).squeeze(1)


def _further(
    settings: parameters.ConvolutionalGenerator | parameters.ConvolutionalDiscriminator, scales: int
) -> int:
    """Return the number of convolutions that keep the scale."""
    fewest = scales + 1
    depth = settings.depth or fewest
    if depth < fewest:
        raise UserError(
            f"{settings.kind}: depth = {depth} is too few layers for images of {SMALLEST * 2**scales} x "
            f"{SMALLEST * 2**scales} pixels, which take {fewest} at least"
        )
    return depth - fewest
