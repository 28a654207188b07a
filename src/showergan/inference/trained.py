"""A trained generator: what its file holds, ready to generate."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from showergan.errors import UserError
from showergan.inference.description import Description, outside
from showergan.inference.generation import generate
from showergan.inference.particles import checked
from showergan.networks.modules import Generator
from showergan.tasks.showers.conditions import N_CONDITIONS
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.tensors import SAMPLE_SHAPE

States = dict[int, dict[str, Tensor]]


@dataclass(frozen=True)
class TrainedGenerator:
    """A generator and all that it takes to use it.

    Attributes:
        description: what the generator is, was trained on and needs.
        states: its weights by epoch.
    """

    description: Description
    states: States

    @property
    def epochs(self) -> list[int]:
        """The epochs whose weights were kept, in order."""
        return sorted(self.states)

    def network(self, epoch: int | None = None) -> Generator:
        """Return the network with the weights of an epoch, by default the last.

        Raises:
            UserError: That epoch was not kept.
        """
        epoch = self.epochs[-1] if epoch is None else epoch
        if epoch not in self.states:
            kept = ", ".join(map(str, self.epochs))
            raise UserError(f"Epoch {epoch} of the generator was not kept. Choose of {kept}.")
        with torch.random.fork_rng(devices=[]):  # first weights are drawn, and replaced at once
            network = self.description.network.build(SAMPLE_SHAPE, N_CONDITIONS)
        network.load_state_dict(self.states[epoch])
        return network.eval()

    def generate(
        self,
        point: ArrayLike,
        momentum: ArrayLike,
        *,
        seed: int,
        n: int | None = None,
        epoch: int | None = None,
        device: str | torch.device = "cpu",
    ) -> NDArray[np.float32]:
        """Return energy deposits in MeV, shape (n, 30, 30); row = y, column = x.

        Warns of particles outside the range of the training.

        Args:
            point: entry points x, y in cm, shape (m, 2).
            momentum: px, py, pz in GeV, shape (m, 3); pz > 0.
            seed: of the noise; the first showers are the same however many are asked for.
            n: number of showers, by default one for each particle; the particles take turns.
            epoch: which of the kept ones, by default the last.
            device: where to generate; devices differ in their random numbers.

        Raises:
            UserError: Particles that cannot be, less than one shower, or an epoch that was not kept.
        """
        particles = checked(point, momentum)
        if warning := outside(self.description.conditions, *particles):
            warnings.warn(warning, stacklevel=2)
        chunks = self.showers(*particles, seed, torch.device(device), n=n, epoch=epoch)
        return np.concatenate([chunk.energy for chunk in chunks])

    def showers(
        self,
        point: NDArray[np.float32],
        momentum: NDArray[np.float32],
        seed: int,
        device: torch.device,
        mode: Literal["running", "batch"] = "running",
        *,
        n: int | None = None,
        epoch: int | None = None,
    ) -> Iterator[Showers]:
        """Yield showers some at a time, see `generation.generate`; the epoch is by default the last.

        Raises:
            UserError: No shower is asked for, or an epoch that was not kept.
        """
        if n is not None and n < 1:
            raise UserError(f"n = {n}: ask for at least 1 shower.")
        conditioning = self.description.conditioning
        network = self.network(epoch)
        return generate(network, conditioning, point, momentum, seed, device, mode, n)
