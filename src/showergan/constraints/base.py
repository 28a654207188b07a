"""What a constraint on the discriminator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from torch import Tensor, nn

Slot = Literal["normaliser", "multiplier", "penalty", "controller"]


@dataclass(frozen=True)
class DiscriminatorBatch:
    """What the discriminator has seen in one of its steps.

    Attributes:
        real: real log1p images, shape (batch, 1, 30, 30).
        fake: generated log1p images under the same conditions, shape (batch, 1, 30, 30).
        condition: conditions of both, shape (batch, 7).
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


class Constraint(BaseModel):
    """One idea for bounding a discriminator: its parameters, and what it does during training.

    A subclass is frozen and holds parameters only; whatever changes in training lives in the
    discriminator as parameters and buffers, so that `.to()`, `deepcopy` and `load_state_dict` carry it.
    Subclasses import torch inside their methods: the workflow reads these classes whenever it is parsed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot: ClassVar[Slot]
    kind: str

    def attach(self, discriminator: nn.Module) -> None:
        """Add to the discriminator what the constraint needs, once, before training."""

    def before_step(self, discriminator: nn.Module) -> None:
        """Act before the forward pass of each discriminator step."""

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
