"""A generator and a discriminator with weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from showergan.errors import UserError

if TYPE_CHECKING:
    from showergan.networks.base import DiscriminatorNetwork, GeneratorNetwork, Network, Shape


class _Built(nn.Module):
    """The layers of a network under their names.

    Attributes:
        network: what it was built from.
        sample_shape: of one sample, without the batch.
        n_conditions: numbers that a sample is conditioned on.

    Raises:
        UserError: the network is not made for samples of this shape.
    """

    def __init__(self, network: Network, sample_shape: Shape, n_conditions: int) -> None:
        super().__init__()
        self.network, self.n_conditions = network, n_conditions
        self.sample_shape = tuple(sample_shape)
        if network.only_shape not in (None, self.sample_shape):
            raise UserError(
                f"{network.kind} is made for samples of shape {network.only_shape}, and those of the data set have "
                f"{self.sample_shape}: choose another network under training:"
            )
        for name, layer in network.layers(self.sample_shape, n_conditions).items():
            self.add_module(name, layer)


class Generator(_Built):
    """Noise and conditions to samples."""

    network: GeneratorNetwork

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        """Return samples, shape (n, *sample_shape).

        Args:
            noise: as `draw_noise` gives it, shape (n, noise_size).
            condition: shape (n, n_conditions).
        """
        return self.network.forward(self, noise, condition)

    def draw_noise(self, n: int, random: torch.Generator) -> Tensor:
        """Return noise of the network's kind, shape (n, noise_size), on the device of the random generator."""
        size, device = (n, self.network.noise_size), random.device
        if self.network.noise == "normal":
            return torch.randn(size, generator=random, device=device)
        return torch.rand(size, generator=random, device=device) * 2 - 1


class Discriminator(_Built):
    """Samples and conditions to scores."""

    network: DiscriminatorNetwork

    def forward(self, sample: Tensor, condition: Tensor) -> Tensor:
        """Return the scores f(sample, condition), shape (n,).

        Args:
            sample: shape (n, *sample_shape).
            condition: as for the generator, shape (n, n_conditions).
        """
        return self.network.forward(self, sample, condition)


def state_of(module: nn.Module) -> dict[str, Tensor]:
    """Return a copy of a module's state on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in module.state_dict().items()}
