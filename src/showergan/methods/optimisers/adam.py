"""Adam (Kingma & Ba 2015, algorithm 1)."""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import nn

from showergan.methods.optimisers.base import Optimiser

Beta = Annotated[float, Field(ge=0, lt=1)]


class Adam(Optimiser):
    """The running mean of each gradient over the root of its running mean square."""

    kind: Literal["adam"] = "adam"
    betas: tuple[Beta, Beta] = Field(
        (0.9, 0.999), description="memories of the mean and of the mean square"
    )

    def of(self, network: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
        """Return an optimiser of all weights of a network."""
        return torch.optim.Adam(network.parameters(), lr=learning_rate, betas=self.betas)
