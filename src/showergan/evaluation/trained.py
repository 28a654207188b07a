"""A trained generator: what its file holds, ready to generate."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from showergan.errors import UserError
from showergan.evaluation.description import Description, outside
from showergan.evaluation.generation import generate
from showergan.io.weights import with_weights
from showergan.networks.base import Generator, build
from showergan.tasks.found import TASKS
from showergan.tasks.task import Task

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
    def task(self) -> Task:
        """What the samples are of."""
        return TASKS[self.description.task].of(self.description.samples)

    @property
    def epochs(self) -> list[int]:
        """The epochs whose weights were kept, in order."""
        return sorted(self.states)

    @property
    def last(self) -> int:
        """The last of them.

        Raises:
            UserError: The training diverged before the first.
        """
        if diverged := self.description.diverged if not self.states else None:
            raise UserError(
                f"The training diverged at step {diverged.step}, before there was a generator to keep: "
                "train with smaller learning rates."
            )
        return self.epochs[-1]

    def network(self, epoch: int | None = None) -> Generator:
        """Return the network with the weights of an epoch, by default the last.

        Raises:
            UserError: That epoch was not kept.
        """
        last = self.last
        epoch = last if epoch is None else epoch
        if epoch not in self.states:
            kept = ", ".join(map(str, self.epochs))
            raise UserError(f"Epoch {epoch} of the generator was not kept. Choose of {kept}.")
        return with_weights(self._build, self.states[epoch]).eval()

    def _build(self) -> Generator:
        task = self.task
        return build(self.description.network, task.sample_shape, task.n_conditions)

    def with_unreached(self) -> "TrainedGenerator":
        """Return it with weights that are no numbers at the epochs that a training which diverged did not reach."""
        diverged = self.description.diverged
        if not diverged:
            return self
        with torch.device("meta"):
            own = self._build().state_dict()
        state = {
            name: torch.full(v.shape, torch.nan if v.is_floating_point() else 0, dtype=v.dtype)
            for name, v in own.items()
        }
        return replace(self, states=self.states | dict.fromkeys(diverged.epochs, state))

    def generate(
        self,
        *given: ArrayLike,
        seed: int,
        n: int | None = None,
        epoch: int | None = None,
        device: str | torch.device = "cpu",
    ) -> NDArray[np.float32]:
        """Return samples: of showers energy deposits in MeV, shape (n, 30, 30); row = y, column = x.

        Warns of conditions outside the range of the training.

        Args:
            *given: what to generate for: of showers entry points x, y in cm, shape (m, 2), and px, py, pz in GeV,
                shape (m, 3), pz > 0; of a task without conditions nothing.
            seed: of the noise; the first samples are the same however many are asked for.
            n: number of samples, by default one for each row that is given; these take turns.
            epoch: which of the kept ones, by default the last.
            device: where to generate; devices differ in their random numbers.

        Raises:
            UserError: Conditions that cannot be, less than one sample, or an epoch that was not kept.
        """
        checked = self.task.checked(*given)
        if warning := outside(self.description.conditions, checked.conditions):
            warnings.warn(warning, stacklevel=2)
        chunks = self.sampled(checked, seed, torch.device(device), n=n, epoch=epoch)
        name = self.task.sample_arrays[0]
        return np.concatenate([getattr(chunk, name) for chunk in chunks])

    def sampled(
        self,
        given: Any,
        seed: int,
        device: torch.device,
        mode: Literal["running", "batch"] = "running",
        *,
        n: int | None = None,
        epoch: int | None = None,
    ) -> Iterator[Any]:
        """Yield samples some at a time, see `generation.generate`; the epoch is by default the last.

        Raises:
            UserError: No sample is asked for, or an epoch that was not kept.
        """
        if n is not None and n < 1:
            raise UserError(f"n = {n}: ask for at least 1 sample.")
        conditioning = self.description.conditioning
        network = self.network(epoch)
        return generate(self.task, network, conditioning, given, seed, device, mode, n)
