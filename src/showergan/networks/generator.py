"""The conditional generator of calorimeter showers."""

import torch
from torch import Tensor, nn

NOISE_SIZE = 50
CONDITION_SIZE = 7


class Generator(nn.Module):
    """Noise and conditions to a log1p image (Egorov & Rogachev 2023, figure 7; 162 321 parameters)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(NOISE_SIZE + CONDITION_SIZE, 200), nn.LeakyReLU())
        self.upsample = nn.Sequential(
            *_doubling(50, 128),
            *_doubling(128, 64),
            *_doubling(64, 32),
            nn.ConvTranspose2d(32, 1, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
        )

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return log1p of the energy deposits in MeV, shape (n, 1, 30, 30).

        Args:
            noise: uniform on [-1, 1], shape (n, 50).
            condition: as `Conditioning` gives it, shape (n, 7).
        """
        seed = self.stem(torch.cat([noise, condition], 1)).view(-1, 50, 2, 2)
        return self.upsample(seed)[:, :, 1:31, 1:31]


def _doubling(channels_in: int, channels_out: int) -> list[nn.Module]:
    return [
        nn.ConvTranspose2d(channels_in, channels_out, 3, stride=2, padding=1, output_padding=1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    ]


def draw_noise(n: int, generator: torch.Generator) -> Tensor:
    """Return noise uniform on [-1, 1], shape (n, 50), on the device of the random generator."""
    return torch.rand(n, NOISE_SIZE, generator=generator, device=generator.device) * 2 - 1
