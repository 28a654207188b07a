"""What an optimiser is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from showergan.kinds import Kind

if TYPE_CHECKING:
    import torch
    from torch import nn


class Optimiser(Kind):
    """A rule that moves weights along gradients, and its parameters but the learning rate."""

    @abstractmethod
    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
