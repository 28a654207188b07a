"""Weight clipping."""

from torch import nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.layers import weight_layers


class WeightClipping(parameters.WeightClipping, Constraint):
    """Weight clipping (Arjovsky, Chintala & Bottou 2017, algorithm 1)."""

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Clip in place."""
        clipped: list[nn.Module] = [discriminator]
        if self.layers == "linear":
            found = weight_layers(discriminator).values()
            clipped = [layer for layer in found if isinstance(layer, nn.Linear)]
        for module in clipped:
            for parameter in module.parameters():
                parameter.data.clamp_(-self.bound, self.bound)
