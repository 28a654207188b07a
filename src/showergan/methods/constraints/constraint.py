"""What a constraint on the discriminator may do during training, and what it sees."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class DiscriminatorBatch:
    """Samples and scores of one step of the discriminator.

    Attributes:
        real: real samples, shape (batch, ...).
        fake: generated samples under the same conditions, shape (batch, ...).
        condition: conditions of both, shape (batch, c).
        real_scores: f(real), shape (batch,).
        fake_scores: f(fake), shape (batch,).
        mix: uniform random numbers in [0, 1), shape (batch,), the same for every method of a seed.
        random: random generator of a constraint that needs further numbers, on the device of the samples.
    """

    real: Tensor
    fake: Tensor
    condition: Tensor
    real_scores: Tensor
    fake_scores: Tensor
    mix: Tensor
    random: torch.Generator


class Constraint:
    """A way of bounding the discriminator, as it acts during training.

    A subclass also inherits its parameters from `config.constraints`, frozen. Whatever changes in training lives in the
    discriminator as parameters and buffers, so that `.to()`, `deepcopy` and `load_state_dict` carry it.

    Examples:
        A penalty of one's own, all squared weights of the discriminator. A package brings it by the entry point
        `showergan.constraints`; then a method may have `penalty: {kind: weight_decay}`, see docs/extending.md.

        >>> from typing import Literal
        >>> import showergan
        >>> from showergan.config.constraints import Penalty
        >>> class WeightDecay(Penalty, showergan.Constraint):
        ...     kind: Literal["weight_decay"] = "weight_decay"
        ...     weight: float = 1e-4
        ...
        ...     def loss(self, discriminator, batch):
        ...         return self.weight * sum((p**2).sum() for p in discriminator.parameters())
        >>> from torch import nn
        >>> discriminator = nn.Linear(3, 1, bias=False)
        >>> nn.init.ones_(discriminator.weight).shape
        torch.Size([1, 3])
        >>> WeightDecay(weight=0.5).loss(discriminator, batch=None).item()
        1.5
    """

    def in_training(self, n_steps: int) -> Self:
        """Return the constraint as it acts in a training of so many generator steps."""
        return self

    def attach(self, discriminator: nn.Module) -> None:
        """Add parameters, buffers and hooks to the discriminator, once, before training."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor | None:
        """Return a term, shape (), to add to the discriminator's loss."""
        return None

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Act after the optimiser of each discriminator step."""

    def after_generator_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Act after each generator step; `batch` is the last one the discriminator saw."""

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the constraint's own columns of the training history, each of shape ()."""
        return {}
