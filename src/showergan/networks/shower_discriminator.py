"""The conditional discriminator of calorimeter showers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from showergan.networks.base import DiscriminatorNetwork, Shape
from showergan.networks.convolution import Conv2d


class ShowerDiscriminator(DiscriminatorNetwork):
    """A log1p image and its conditions to a score (Egorov & Rogachev 2023, figure 8)."""

    only_shape: ClassVar[Shape] = (1, 30, 30)
    kind: Literal["shower_discriminator"] = "shower_discriminator"
    size: Literal["standard", "small"] = Field(
        "standard", description="406 849 or 107 969 parameters"
    )

    @property
    def name(self) -> str:
        """The size: the networks of the published tables differ in it."""
        return self.size

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return four convolutions from 30 x 30 to 1 x 1, and three linear layers that see the conditions."""
        base = {"standard": 32, "small": 16}[self.size]
        channels = (1, base, 2 * base, 4 * base, 8 * base)
        convolutions = nn.Sequential(
            *(
                layer
                for i in range(4)
                for layer in (
                    Conv2d(channels[i], channels[i + 1], 3, stride=2, padding=int(i == 0)),
                    nn.LeakyReLU(),
                )
            )
        )
        head = nn.Sequential(
            nn.Linear(channels[-1] + n_conditions, 64),
            nn.LeakyReLU(),
            nn.Linear(64, 32),
            nn.LeakyReLU(),
            nn.Linear(32, 1),
        )
        # As for the generator.
        convolutions.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return {"convolutions": convolutions, "head": head}

    def forward(self, layers: Any, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores of log1p images, shape (n, 1, 30, 30)."""
        features = layers.convolutions(image).flatten(1)
        return layers.head(torch.cat([features, condition], 1)).squeeze(1)
