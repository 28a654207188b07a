"""The random numbers of a training: the same for every method of a seed."""

from collections.abc import Iterator

import torch
from torch import Tensor


def stream(seed: int, purpose: str, device: torch.device) -> torch.Generator:
    """Return a random generator of its own for a seed and a purpose.

    Streams do not share numbers, so a method that draws more of one kind still sees the same data order and noise
    as every other method of the seed.
    """
    purposes = (
        "weights",
        "constraint",
        "discriminator batches",
        "generator batches",
        "noise",
        "mix",
        "account",
    )
    state = (seed * 64 + purposes.index(purpose)) * 0x9E3779B97F4A7C15 % 2**63
    return torch.Generator(device).manual_seed(state)


def shuffled_passes(n: int, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Yield indices, shape (batch_size,), in shuffled passes over range(n) without replacement, for ever.

    A pass ends with its last full batch.
    """
    while True:
        order = torch.randperm(n, generator=generator, device=generator.device)
        for start in range(0, n - batch_size + 1, batch_size):
            yield order[start : start + batch_size]


def replayed_batches(
    n: int, batch_size: int, times: int, generator: torch.Generator
) -> Iterator[Tensor]:
    """Yield indices, shape (batch_size,), as the code published with Egorov & Rogachev 2023 does, for ever.

    One set of n // batch_size batches, drawn with replacement, is replayed `times` times before the next is drawn.
    """
    while True:
        size = (n // batch_size, batch_size)
        drawn = torch.randint(n, size, generator=generator, device=generator.device)
        for _ in range(times):
            yield from drawn
