"""R1, the gradient penalty on real samples."""

from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.constraints.gradient_penalty import slopes


class R1(parameters.R1, Constraint):
    """R1 (Mescheder, Geiger & Nowozin 2018, equation 9)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        gradients = slopes(discriminator, batch.real, batch.condition)
        return self.gamma / 2 * (gradients**2).sum(1).mean()
