"""The conditional generator of calorimeter showers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from showergan.networks.base import GeneratorNetwork, NoiseDistribution, NoiseSize, Shape


class ShowerGenerator(GeneratorNetwork):
    """Noise and conditions to a log1p image (Egorov & Rogachev 2023, figure 7; 162 321 parameters)."""

    only_shape: ClassVar[Shape] = (1, 30, 30)
    kind: Literal["shower_generator"] = "shower_generator"
    noise: NoiseDistribution = "uniform"
    noise_size: NoiseSize = 50

    def layers(self, sample_shape: Shape, n_conditions: int) -> dict[str, nn.Module]:
        """Return a linear layer, and transposed convolutions from 2 x 2 to 32 x 32."""
        stem = nn.Sequential(nn.Linear(self.noise_size + n_conditions, 200), nn.LeakyReLU())
        upsample = nn.Sequential(
            *_doubling(50, 128),
            *_doubling(128, 64),
            *_doubling(64, 32),
            nn.ConvTranspose2d(32, 1, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
        )
        # Convolutions of this size run about a tenth faster on CPUs in this layout.
        upsample.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return {"stem": stem, "upsample": upsample}

    def forward(self, layers: Any, noise: Tensor, condition: Tensor) -> Tensor:
        """Return log1p images, shape (n, 1, 30, 30)."""
        seed = layers.stem(torch.cat([noise, condition], 1)).view(-1, 50, 2, 2)
        return layers.upsample(seed)[:, :, 1:31, 1:31]


def _doubling(channels_in: int, channels_out: int) -> list[nn.Module]:
    return [
        nn.ConvTranspose2d(channels_in, channels_out, 3, stride=2, padding=1, output_padding=1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    ]
