"""The non-saturating loss of the first GAN (Goodfellow et al. 2014, section 3, with the log D trick)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from showergan import heavy
from showergan.losses.base import Loss

if TYPE_CHECKING:
    from torch import Tensor


class NonSaturating(Loss):
    """Cross-entropy of real against fake; scores are logits."""

    kind: Literal["gan"] = "gan"

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return -E log D(real) - E log(1 - D(fake)), D being the sigmoid of f."""
        softplus = heavy.functional.softplus
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, fake: Tensor, real: Callable[[], Tensor]) -> Tensor:
        """Return -E log D(fake)."""
        return heavy.functional.softplus(-fake).mean()
