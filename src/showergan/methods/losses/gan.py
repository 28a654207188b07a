"""The non-saturating loss of the first GAN (Goodfellow et al. 2014, section 3, with the log D trick)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, Literal

from torch import Tensor
from torch.nn import functional

from showergan.methods.losses.base import Loss


class NonSaturating(Loss):
    """Cross-entropy of real against fake; scores are logits."""

    kind: Literal["gan"] = "gan"
    estimates: ClassVar[str] = "Jensen-Shannon divergence"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return -E log D(real) - E log(1 - D(fake)), D being the sigmoid of f."""
        softplus = functional.softplus
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E log D(fake)."""
        return functional.softplus(-fake).mean()

    def estimate(self, discriminator_loss: float) -> float:
        """Return log 2 less the mean cross-entropy, in nats, at most log 2 (Goodfellow et al. 2014, theorem 1)."""
        return math.log(2) - discriminator_loss / 2
