"""Showers from a trained generator, a chunk at a time."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.networks.generator import Generator, draw_noise
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.sample import Showers

LARGEST_LOG_ENERGY = 80.0  # of log1p(E / MeV); expm1 of it is still a float32


def generate(
    generator: Generator,
    conditioning: Conditioning,
    point: NDArray[np.float32],
    momentum: NDArray[np.float32],
    seed: int,
    device: torch.device,
    mode: Literal["running", "batch"] = "running",
) -> Iterator[Showers]:
    """Yield one shower for each particle, in order.

    Args:
        generator: its running statistics change in the mode "batch".
        conditioning: that it was trained with.
        point: entry points in cm, shape (n, 2).
        momentum: momenta in GeV, shape (n, 3).
        seed: of the noise.
        device: where to generate.
        mode: BatchNorm with running statistics, or with those of batches of 64.
    """
    # A transposed convolution of many small images is faster with the channels last.
    generator.to(device, memory_format=torch.channels_last).train(mode == "batch")  # type: ignore[call-overload]
    noise = torch.Generator(device).manual_seed(seed)
    condition = torch.from_numpy(conditioning.of(point, momentum))
    size = 64 if mode == "batch" else 250
    for first in range(0, len(point), size):
        rows = slice(first, first + size)
        with torch.no_grad():
            given = condition[rows].to(device)
            log_energy = generator(draw_noise(len(given), noise), given).squeeze(1)
            energy = torch.expm1(log_energy.clamp(max=LARGEST_LOG_ENERGY)).cpu().numpy()
        yield Showers(energy, point[rows], momentum[rows], None)
