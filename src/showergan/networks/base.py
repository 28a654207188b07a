"""Base classes of generators and discriminators, and `build`, which makes one from its parameters."""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from showergan.config.kinds import implementation_of
from showergan.config.networks import DiscriminatorNetwork, GeneratorNetwork, Network, Shape
from showergan.errors import UserError


class NetworkModule(nn.Module):
    """A network with weights, whose first values come from PyTorch's global random generator.

    Attributes:
        only_shape: of the samples that it is made for; None: any.
        settings: its parameters, as the configuration has them.
        sample_shape: of one sample, without the batch.
        n_conditions: numbers that a sample is conditioned on; 0 for none.

    Raises:
        UserError: the network is not made for samples of this shape.
    """

    only_shape: ClassVar[Shape | None] = None

    def __init__(self, settings: Network, sample_shape: Shape, n_conditions: int) -> None:
        super().__init__()
        self.settings, self.n_conditions = settings, n_conditions
        self.sample_shape = tuple(sample_shape)
        if self.only_shape not in (None, self.sample_shape):
            raise UserError(
                f"{settings.kind} is made for samples of shape {self.only_shape}, and those of the data set have "
                f"{self.sample_shape}: choose another network under training:"
            )


class Generator(NetworkModule):
    """Noise, shape (n, noise_size), and conditions, shape (n, n_conditions), to samples, shape (n, *sample_shape)."""

    settings: GeneratorNetwork

    def draw_noise(self, n: int, random: torch.Generator) -> Tensor:
        """Return noise of the network's kind, shape (n, noise_size), on the device of the random generator."""
        size, device = (n, self.settings.noise_size), random.device
        if self.settings.noise == "normal":
            return torch.randn(size, generator=random, device=device)
        return torch.rand(size, generator=random, device=device) * 2 - 1


class Discriminator(NetworkModule):
    """Samples, shape (n, *sample_shape), and conditions, shape (n, n_conditions), to scores, shape (n,)."""

    settings: DiscriminatorNetwork


def build(settings: Network, sample_shape: Shape, n_conditions: int) -> Any:
    """Return a new `Generator` or `Discriminator`; for arguments and errors see `NetworkModule`."""
    base = Generator if isinstance(settings, GeneratorNetwork) else Discriminator
    return implementation_of(settings, base)(settings, sample_shape, n_conditions)


def state_of(module: nn.Module) -> dict[str, Tensor]:
    """Return a copy of a module's state on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in module.state_dict().items()}
