"""The conditional discriminator of calorimeter showers."""

from typing import Literal

import torch
from torch import Tensor, nn

from showergan.networks.generator import CONDITION_SIZE

DiscriminatorSize = Literal["standard", "small"]

CHANNELS: dict[DiscriminatorSize, tuple[int, ...]] = {
    "standard": (32, 64, 128, 256),
    "small": (16, 32, 64, 128),
}


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
                    nn.Conv2d(channels[i], channels[i + 1], 3, stride=2, padding=int(i == 0)),
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
