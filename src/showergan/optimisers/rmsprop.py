"""RMSprop (Tieleman & Hinton 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from showergan import heavy
from showergan.optimisers.base import Optimiser

if TYPE_CHECKING:
    import torch
    from torch import nn


class RMSprop(Optimiser):
    """Each gradient over the root of its running mean square, with the memory 0.99."""

    kind: Literal["rmsprop"] = "rmsprop"

    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
        return heavy.torch.optim.RMSprop(network.parameters(), lr=learning_rate)
