"""Random numbers and batches of a training, the same for every method of a seed."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor

from showergan.training.checkpoint import require, require_like

# In this order, from which the seed of each stream comes.
PURPOSES = (
    *("weights", "constraint", "discriminator batches", "generator batches"),
    *("noise", "mix", "account", "penalty"),
)


def stream(seed: int, purpose: str, device: torch.device) -> torch.Generator:
    """Return a random generator for a seed and one of `PURPOSES`.

    Streams do not share numbers, so a method that draws more of one kind still sees the same data order and noise
    as every other method of the seed.
    """
    state = (seed * 64 + PURPOSES.index(purpose)) * 0x9E3779B97F4A7C15 % 2**63
    return torch.Generator(device).manual_seed(state)


class Batches(ABC):
    """Indices of samples, a batch at a time and without end, drawn a pass at a time.

    Args:
        n: number of samples.
        size: of a batch.
        random: draws them; nothing else may draw from it.
    """

    def __init__(self, n: int, size: int, random: torch.Generator) -> None:
        self.n, self.size, self.random = n, size, random
        self._before = random.get_state()
        self._pass: Tensor | None = None
        self._position = 0

    @abstractmethod
    def _drawn(self) -> Tensor:
        """Return the indices of a new pass, shape (batches, size)."""

    def next(self) -> Tensor:
        """Return the indices of the next batch, shape (size,)."""
        if self._pass is None or self._position == len(self._pass):
            self._before = self.random.get_state()
            self._pass, self._position = self._drawn(), 0
        self._position += 1
        return self._pass[self._position - 1]

    def state_dict(self) -> dict[str, Any]:
        """Return the position in the stream: the random state before the pass, and the batches of it that are done."""
        return {"random": self._before, "position": self._position}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state of a stream of as many samples and batches; a `ValueError` refuses others."""
        require_like(self.state_dict(), state, "batches")
        self._before, position = state["random"], state["position"]
        self.random.set_state(self._before)
        self._pass = self._drawn()
        require(0 <= position <= len(self._pass), "batches.position")
        self._position = position


class ShuffledPasses(Batches):
    """Shuffled passes over all samples without replacement; a pass ends with its last full batch."""

    def _drawn(self) -> Tensor:
        order = torch.randperm(self.n, generator=self.random, device=self.random.device)
        return order[: self.n - self.n % self.size].view(-1, self.size)


class ReplayedBatches(Batches):
    """The batches of the code published with Egorov & Rogachev 2023.

    One set of n // size batches, drawn with replacement, is replayed `times` times before the next is drawn.
    """

    def __init__(self, n: int, size: int, random: torch.Generator, times: int) -> None:
        super().__init__(n, size, random)
        self.times = times

    def _drawn(self) -> Tensor:
        shape = (self.n // self.size, self.size)
        drawn = torch.randint(self.n, shape, generator=self.random, device=self.random.device)
        return drawn.repeat(self.times, 1)
