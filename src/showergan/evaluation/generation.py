"""Samples from a trained generator, a chunk at a time."""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import torch

from showergan.networks.base import Generator
from showergan.tasks.task import Task

CHUNK = {"running": 250, "batch": 64}  # samples at a time; 64 are the batch of the published code


def generate(
    task: Task,
    generator: Generator,
    conditioning: Any,
    given: Any,
    seed: int,
    device: torch.device,
    mode: Literal["running", "batch"] = "running",
    n: int | None = None,
) -> Iterator[Any]:
    """Yield samples in order, some at a time.

    Sample i is made for row i of what is given, counted modulo the number of rows.

    Args:
        task: that the samples are of.
        generator: its running statistics change in the mode "batch".
        conditioning: that it was trained with.
        given: what to generate for, the task's `given` of m rows.
        seed: of all that is random.
        device: where to generate.
        mode: BatchNorm with running statistics, or with those of batches of 64.
        n: number of samples, by default m.
    """
    generator.to(device).train(mode == "batch")
    noise = torch.Generator(device).manual_seed(seed)
    random = np.random.default_rng([seed, 1])  # of its own, so that noise is the same without it
    condition = torch.from_numpy(conditioning.of(*given))
    m, size = len(condition), CHUNK[mode]
    n = m if n is None else n
    for first in range(0, n, size):
        rows = np.arange(first, min(first + size, n)) % m
        # Whole chunks of noise, because what the first rows hold may depend on how many are drawn.
        drawn = generator.draw_noise(size, noise)[: len(rows)]
        with torch.no_grad():
            output = generator(drawn, condition[rows].to(device))
        part = task.given(*(values[rows] for values in given))
        yield task.made(output, part, conditioning, random)
