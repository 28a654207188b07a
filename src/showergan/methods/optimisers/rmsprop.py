"""RMSprop (Tieleman & Hinton 2012)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from showergan.methods.optimisers.base import Optimiser


class RMSprop(Optimiser):
    """Each gradient over the root of its running mean square, with the memory 0.99."""

    kind: Literal["rmsprop"] = "rmsprop"

    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
        return torch.optim.RMSprop(network.parameters(), lr=learning_rate)
