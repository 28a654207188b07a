"""Optimisers of both networks."""

from abc import ABC, abstractmethod

import torch
from torch import nn

from showergan.config import optimisers as parameters


class Optimiser(ABC):
    """A rule that moves weights along gradients."""

    @abstractmethod
    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""


class Adam(parameters.Adam, Optimiser):
    """Adam (Kingma & Ba 2015, algorithm 1)."""

    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
        return torch.optim.Adam(network.parameters(), lr=learning_rate, betas=self.betas)


class RMSprop(parameters.RMSprop, Optimiser):
    """RMSprop (Tieleman & Hinton 2012)."""

    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
        return torch.optim.RMSprop(network.parameters(), lr=learning_rate)
