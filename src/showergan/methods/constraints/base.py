"""What a constraint on the discriminator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from torch import Tensor, nn

from showergan.config.kinds import Kind

Slot = Literal["normaliser", "multiplier", "penalty", "controller"]


@dataclass(frozen=True)
class DiscriminatorBatch:
    """What the discriminator has seen in one of its steps.

    Attributes:
        real: real samples, shape (batch, ...).
        fake: generated samples under the same conditions, shape (batch, ...).
        condition: conditions of both, shape (batch, c).
        real_scores: f(real), shape (batch,).
        fake_scores: f(fake), shape (batch,).
        mix: uniform random numbers in [0, 1), shape (batch,), the same for every method of a seed.
    """

    real: Tensor
    fake: Tensor
    condition: Tensor
    real_scores: Tensor
    fake_scores: Tensor
    mix: Tensor


def between(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return a point on the segment from each fake sample to a real one, of their shape (n, ...).

    Args:
        real: shape (n, ...).
        fake: same shape.
        mix: places on the segments, shape (n,): 0 is fake, 1 is real.
    """
    mix = mix.view(-1, *[1] * (real.ndim - 1))
    return mix * real + (1 - mix) * fake


class Constraint(Kind):
    """One idea for bounding a discriminator: its parameters, and what it does during training.

    A subclass is frozen and holds parameters only; whatever changes in training lives in the
    discriminator as parameters and buffers, so that `.to()`, `deepcopy` and `load_state_dict` carry it.
    """

    slot: ClassVar[Slot]
    per_sample: ClassVar[bool] = False  # whether the score of a sample must not depend on others

    def in_training(self, n_steps: int) -> Self:
        """Return the constraint as it acts in a training of so many generator steps."""
        return self

    def attach(self, discriminator: nn.Module) -> None:
        """Add to the discriminator what the constraint needs, once, before training."""

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
