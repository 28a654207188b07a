"""ABCAS."""

from typing import Self

from torch import Tensor, nn

from showergan.config import constraints as parameters
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.layers import (
    reparametrisations,
    reparametrise,
    scale_output,
    weight_layers,
)

# The plain formula blows up at q = 1 and frees the discriminator beyond it.
LARGEST_Q = 1 - 1e-3
PUBLISHED_STEPS = 45_000  # 150 epochs of 60 000 showers in batches of 200
_ABCAS_STATE = ("abcas_dm", "abcas_r", "abcas_clipped")


class Abcas(parameters.Abcas, Constraint):
    """ABCAS (Egorov & Rogachev 2023, section 2.3)."""

    def in_training(self, n_steps: int) -> Self:
        """Return it with the memory that a training of so many generator steps gives it."""
        if self.alpha != "scaled":
            return self
        alpha = parameters.PUBLISHED_ALPHA ** (PUBLISHED_STEPS / n_steps)
        return self.model_copy(update={"alpha": alpha})

    def attach(self, discriminator: nn.Module) -> None:
        """Give each layer its factor and the discriminator its running mean."""
        one = next(discriminator.parameters()).new_ones(())
        for layer in weight_layers(discriminator).values():
            if self.acts_on == "weight":
                reparametrise(layer, _times_factor, factor=one.clone())
            else:
                layer.register_buffer("factor", one.clone())
                scale_output(layer, _factor)
        for name in _ABCAS_STATE:
            discriminator.register_buffer(name, one.new_zeros(()))

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Follow the distance of this step."""
        if self.update == "discriminator_step":
            self._follow(discriminator, batch)

    def after_generator_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Follow the distance of the last discriminator step."""
        if self.update == "generator_step":
            self._follow(discriminator, batch)

    def _follow(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        mean, r, clipped = (discriminator.get_buffer(name) for name in _ABCAS_STATE)
        fake = batch.fake_scores.max() if self.distance == "max_max" else batch.fake_scores.min()
        alpha = float(self.alpha)
        mean.mul_(alpha).add_((1 - alpha) * (batch.real_scores.max() - fake).detach())
        q = mean / self.beta
        clipped.add_(q > LARGEST_Q)
        q = q.clamp(0, LARGEST_Q)
        r.copy_(q / (1 - q))
        for layer in weight_layers(discriminator).values():
            on_weight = self.acts_on == "weight"
            state = reparametrisations(layer)[-1] if on_weight else layer
            state.get_buffer("factor").copy_(0.9**r)

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the running mean, r, and how often q was clipped from above."""
        return {name: discriminator.get_buffer(name) for name in _ABCAS_STATE}


def _times_factor(weight: Tensor, state: nn.Module) -> Tensor:
    return weight * state.get_buffer("factor")


def _factor(layer: nn.Module) -> Tensor:
    return layer.get_buffer("factor")
