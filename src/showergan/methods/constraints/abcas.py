"""ABCAS: a bound that tightens as real and fake scores part (Egorov & Rogachev 2023, section 2.3)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, PositiveFloat
from torch import Tensor, nn

from showergan.methods.constraints.base import Constraint, DiscriminatorBatch, Slot
from showergan.methods.layers.outputs import scale_output
from showergan.methods.layers.weights import reparametrisations, reparametrise, weight_layers

# The plain formula blows up at q = 1 and frees the discriminator beyond it.
LARGEST_Q = 1 - 1e-3

PUBLISHED_ALPHA, PUBLISHED_STEPS = 0.9999, 45_000  # 150 epochs of 60 000 showers in batches of 200

_STATE = ("abcas_dm", "abcas_r", "abcas_clipped")


class Abcas(Constraint):
    """Each normalised weight times 0.9^r; r follows a running mean of max f(real) - max f(fake).

    dm = alpha dm + (1 - alpha) dist, q = dm / beta clipped to [0, 1 - 1e-3], r = q / (1 - q), once per generator step.
    Each option besides the default is what the code published with Egorov & Rogachev 2023 does instead.
    """

    slot: ClassVar[Slot] = "controller"
    kind: Literal["abcas"] = "abcas"
    beta: PositiveFloat = Field(description="scale of the distance; larger is weaker")
    alpha: Annotated[float, Field(ge=0, lt=1)] | Literal["scaled"] = Field(
        PUBLISHED_ALPHA,
        description="memory of the running mean; scaled: 0.9999^(45000/steps) in a training of so many generator "
        "steps, in proportion to its length what it was in the published one",
    )
    distance: Literal["max_max", "max_min"] = Field(
        "max_max", description="max f(real) less max, or min, of f(fake)"
    )
    update: Literal["generator_step", "discriminator_step"] = Field(
        "generator_step", description="how often r follows"
    )
    acts_on: Literal["weight", "output"] = Field(
        "weight", description="output: the layer's output with its bias is scaled"
    )

    def in_training(self, n_steps: int) -> Self:
        """Return it with the memory that a training of so many generator steps gives it."""
        if self.alpha != "scaled":
            return self
        return self.model_copy(update={"alpha": PUBLISHED_ALPHA ** (PUBLISHED_STEPS / n_steps)})

    def attach(self, discriminator: nn.Module) -> None:
        """Give each layer its factor and the discriminator its running mean."""
        one = next(discriminator.parameters()).new_ones(())
        for layer in weight_layers(discriminator).values():
            if self.acts_on == "weight":
                reparametrise(layer, _times_factor, factor=one.clone())
            else:
                layer.register_buffer("factor", one.clone())
                scale_output(layer, _factor)
        for name in _STATE:
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
        mean, r, clipped = (discriminator.get_buffer(name) for name in _STATE)
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
        return {name: discriminator.get_buffer(name) for name in _STATE}


def _times_factor(weight: Tensor, state: nn.Module) -> Tensor:
    return weight * state.get_buffer("factor")


def _factor(layer: nn.Module) -> Tensor:
    return layer.get_buffer("factor")
