"""Showers from a trained generator, a chunk at a time."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.networks.modules import Generator
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.tensors import to_energy


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
    generator.to(device).train(mode == "batch")
    noise = torch.Generator(device).manual_seed(seed)
    condition = torch.from_numpy(conditioning.of(point, momentum))
    size = 64 if mode == "batch" else 250
    for first in range(0, len(point), size):
        rows = slice(first, first + size)
        with torch.no_grad():
            given = condition[rows].to(device)
            images = generator(generator.draw_noise(len(given), noise), given)
        yield Showers(to_energy(images).cpu().numpy(), point[rows], momentum[rows], None)
