"""What an optimiser is."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import nn

from showergan.config.kinds import Kind


class Optimiser(Kind):
    """A rule that moves weights along gradients, and its parameters but the learning rate."""

    @abstractmethod
    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
