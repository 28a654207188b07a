"""The conditional discriminator of calorimeter showers."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from showergan.networks.generator import CONDITION_SIZE

DiscriminatorSize = Literal["standard", "small"]

CHANNELS: dict[DiscriminatorSize, tuple[int, ...]] = {
    "standard": (32, 64, 128, 256),
    "small": (16, 32, 64, 128),
}


class Conv2d(nn.Conv2d):
    """A convolution; where the kernel covers its whole input, done as a matrix product, faster on CPUs."""

    def forward(self, image: Tensor) -> Tensor:
        """Return what `nn.Conv2d` returns, but for rounding."""
        if image.shape[2:] != self.kernel_size or any(self.padding):
            return super().forward(image)
        image, weight = (x.movedim(1, -1).flatten(1) for x in (image, self.weight))
        return linear(image, weight, self.bias)[..., None, None]


class Discriminator(nn.Module):
    """A log1p image and its conditions to a score (Egorov & Rogachev 2023, figure 8).

    406 849 parameters in the standard size, 107 969 in the small one; seven layers that can be normalised.
    """

    def __init__(self, size: DiscriminatorSize = "standard") -> None:
        super().__init__()
        channels = (1, *CHANNELS[size])
        self.convolutions = nn.Sequential(
            *(
                layer
                for i in range(4)
                for layer in (
                    Conv2d(channels[i], channels[i + 1], 3, stride=2, padding=int(i == 0)),
                    nn.LeakyReLU(),
                )
            )
        )
        self.head = nn.Sequential(
            nn.Linear(channels[-1] + CONDITION_SIZE, 64),
            nn.LeakyReLU(),
            nn.Linear(64, 32),
            nn.LeakyReLU(),
            nn.Linear(32, 1),
        )

    def forward(self, image: Tensor, condition: Tensor) -> Tensor:
        """Return the scores f(image, condition), shape (n,).

        Args:
            image: log1p of the energy deposits in MeV, shape (n, 1, 30, 30).
            condition: as for the generator, shape (n, 7).
        """
        features = self.convolutions(image).flatten(1)
        return self.head(torch.cat([features, condition], 1)).squeeze(1)
