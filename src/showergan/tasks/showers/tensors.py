"""Showers as the networks see them, and the way back to energies."""

import torch
from torch import Tensor

from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers

SAMPLE_SHAPE = (1, *IMAGE_SHAPE)

LARGEST_LOG_ENERGY = 80.0  # of log1p(E / MeV); expm1 of it is still a float32


def to_image(energy: Tensor) -> Tensor:
    """Return log1p images, shape (n, 1, 30, 30), of energy deposits in MeV, shape (n, 30, 30)."""
    return energy.unsqueeze(1).log1p()


def to_energy(image: Tensor) -> Tensor:
    """Return energy deposits in MeV, all finite, shape (n, 30, 30), of log1p images, shape (n, 1, 30, 30)."""
    return image.squeeze(1).clamp(max=LARGEST_LOG_ENERGY).expm1()


def training_tensors(
    showers: Showers, conditioning: Conditioning, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return log1p images (n, 1, 30, 30) and conditions (n, 7) of showers on a device."""
    conditions = torch.from_numpy(conditioning.of(showers.point, showers.momentum))
    return to_image(torch.from_numpy(showers.energy).to(device)), conditions.to(device)
