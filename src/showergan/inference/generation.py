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

CHUNK = {"running": 250, "batch": 64}  # showers at a time; 64 are the batch of the published code


def generate(
    generator: Generator,
    conditioning: Conditioning,
    point: NDArray[np.float32],
    momentum: NDArray[np.float32],
    seed: int,
    device: torch.device,
    mode: Literal["running", "batch"] = "running",
    n: int | None = None,
) -> Iterator[Showers]:
    """Yield showers in order, some at a time.

    Shower i is that of particle i, counted modulo the number of particles.

    Args:
        generator: its running statistics change in the mode "batch".
        conditioning: that it was trained with.
        point: entry points in cm, shape (m, 2).
        momentum: momenta in GeV, shape (m, 3).
        seed: of the noise.
        device: where to generate.
        mode: BatchNorm with running statistics, or with those of batches of 64.
        n: number of showers, by default m.
    """
    generator.to(device).train(mode == "batch")
    noise = torch.Generator(device).manual_seed(seed)
    condition = torch.from_numpy(conditioning.of(point, momentum))
    n, size = len(point) if n is None else n, CHUNK[mode]
    for first in range(0, n, size):
        rows = np.arange(first, min(first + size, n)) % len(point)
        # Whole chunks of noise, because what the first rows hold may depend on how many are drawn.
        drawn = generator.draw_noise(size, noise)[: len(rows)]
        with torch.no_grad():
            images = generator(drawn, condition[rows].to(device))
        yield Showers(to_energy(images).cpu().numpy(), point[rows], momentum[rows], None)
