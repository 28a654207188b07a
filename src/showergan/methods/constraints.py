"""Constraints on the discriminator, as they act during training: normalisers, multipliers, penalties and ABCAS."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from showergan.config import constraints as parameters
from showergan.methods.layers import (
    flattened,
    full_precision,
    multipliers,
    multiply_output,
    reparametrisations,
    reparametrise,
    scale_output,
    total_multiplier,
    trained_weight,
    weight_layers,
)

# The plain formula blows up at q = 1 and frees the discriminator beyond it.
LARGEST_Q = 1 - 1e-3
PUBLISHED_STEPS = 45_000  # 150 epochs of 60 000 showers in batches of 200
_ABCAS_STATE = ("abcas_dm", "abcas_r", "abcas_clipped")


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
    """

    real: Tensor
    fake: Tensor
    condition: Tensor
    real_scores: Tensor
    fake_scores: Tensor
    mix: Tensor


class Constraint:
    """A way of bounding the discriminator, as it acts during training.

    A subclass also inherits its parameters from `config.constraints`, frozen. Whatever changes in training lives in the
    discriminator as parameters and buffers, so that `.to()`, `deepcopy` and `load_state_dict` carry it.
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


class SpectralNorm(parameters.SpectralNorm, Constraint):
    """Spectral normalisation (Miyato et al. 2018, section 2 and algorithm 1)."""

    def attach(self, discriminator: nn.Module) -> None:
        """Give each convolution and linear layer its vectors u, v and its division by sigma."""
        for layer in weight_layers(discriminator).values():
            matrix = _matrix(layer)
            if self.start == "gaussian":
                u, v = (matrix.new_empty(size).normal_() for size in matrix.shape)
                u, v = u / u.norm(), v / v.norm()
            else:
                u, v = (matrix.new_empty(size).uniform_() * 2 - 1 for size in matrix.shape)
            for _ in range(self.warmup_iterations):
                [u], [v] = power_iteration([matrix], [u])
            divide, inverse = (
                partial(function, detached=self.sigma_gradient == "detached")
                for function in (divide_by_sigma, inverse_sigma)
            )
            if self.acts_on == "weight":
                reparametrise(layer, divide, u=u, v=v)
            else:
                layer.register_buffer("u", u)
                layer.register_buffer("v", v)
                scale_output(layer, inverse)
        if self.iterate == "every_pass":
            discriminator.register_forward_pre_hook(_iterate_in_training)

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Move every u, v by one power iteration."""
        if self.iterate == "after_step":
            _iterate(discriminator)


def _iterate_in_training(discriminator: nn.Module, _: tuple[Tensor, ...]) -> None:
    if discriminator.training:
        _iterate(discriminator)


def _iterate(discriminator: nn.Module) -> None:
    """Move u, v of every layer by one power iteration; the old ones stay as they are for graphs of earlier passes."""
    layers = weight_layers(discriminator).values()
    states = [a if hasattr(a, "u") else reparametrisations(a)[0] for a in layers]
    matrices = [_matrix(layer) for layer in layers]
    with full_precision(matrices[0]):
        found = power_iteration(matrices, [state.u for state in states])  # type: ignore[misc]
    for state, u, v in zip(states, *found, strict=True):
        state.u, state.v = u, v


def _matrix(layer: nn.Module) -> Tensor:
    """Return the trained weight as a matrix, a constant for the gradient."""
    return flattened(trained_weight(layer).detach())


def power_iteration(matrices: list[Tensor], us: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Return the unit left and right singular vectors of matrices, (rows,) and (columns,), after one iteration more.

    Their norms are taken together, which takes fewer kernels on a GPU.
    """
    vs = _unit([matrix.mT @ u for matrix, u in zip(matrices, us, strict=True)])
    return _unit([matrix @ v for matrix, v in zip(matrices, vs, strict=True)]), vs


def _unit(vectors: list[Tensor]) -> list[Tensor]:
    return list(torch._foreach_div(vectors, torch._foreach_norm(vectors)))


def sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return u^T W v, shape () (Miyato et al. 2018, algorithm 1), of a weight W, shape (out, ...).

    The state has the buffers u and v; detached, it is a constant for the gradient.
    """
    found = state.get_buffer("u") @ (flattened(weight) @ state.get_buffer("v"))
    return found.detach() if detached else found


def divide_by_sigma(weight: Tensor, state: nn.Module, detached: bool) -> Tensor:
    """Return W / sigma (Miyato et al. 2018, equation 8)."""
    if detached:
        return weight / sigma(weight, state, detached)
    divided: Tensor = _DividedBySigma.apply(weight, state.get_buffer("u"), state.get_buffer("v"))
    return divided


class _DividedBySigma(torch.autograd.Function):
    """W / (u^T W v), whose gradient takes half the operations of that of its parts."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, u: Tensor, v: Tensor) -> Tensor:
        inverse = 1 / (u @ (flattened(weight) @ v))
        divided = weight * inverse
        ctx.save_for_backward(divided, inverse, u, v)
        return divided

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Return (G - <G, W / sigma> u v^T) / sigma (Miyato et al. 2018, equation 12, of one gradient G)."""
        divided, inverse, u, v = ctx.saved_tensors
        found = torch.mul(
            gradient, inverse, out=torch.empty_like(divided)
        )  # in the order of its memory
        along = torch.sum(found * divided)
        flattened(found).addr_(u, v * along, alpha=-1)
        return found, None, None


def inverse_sigma(layer: nn.Module, detached: bool) -> Tensor:
    """Return 1 / sigma of a layer's own weight, shape ()."""
    weight: Tensor = layer.weight  # type: ignore[assignment]
    with full_precision(weight):
        return 1 / sigma(weight, layer, detached)


class ConstantMultiplier(parameters.ConstantMultiplier, Constraint):
    """The discriminator's output times a fixed constant."""

    def attach(self, discriminator: nn.Module) -> None:
        """Scale the output."""
        multiply_output(discriminator, self.value, trained=False)


class _Trained(Constraint):
    """Trained coefficients of outputs; their changes of sign are counted, since nothing keeps them positive."""

    def scaled(self, discriminator: nn.Module) -> Iterable[nn.Module]:
        """Return the modules whose output gets a coefficient."""
        return [discriminator]

    def attach(self, discriminator: nn.Module) -> None:
        """Scale outputs by new parameters."""
        for module in self.scaled(discriminator):
            multiply_output(module, self.start, trained=True)  # type: ignore[attr-defined]
        signs = _signs(discriminator)
        discriminator.register_buffer("multiplier_signs", signs)
        discriminator.register_buffer("sign_changes", signs.new_zeros(()))

    def after_step(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> None:
        """Count changes of sign."""
        last, now = discriminator.get_buffer("multiplier_signs"), _signs(discriminator)
        discriminator.get_buffer("sign_changes").add_((now != last).sum())
        last.copy_(now)

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return the product of all coefficients, and how often a sign has changed."""
        changes = discriminator.get_buffer("sign_changes")
        return {"multiplier": total_multiplier(discriminator), "sign_changes": changes}


class TrainableMultiplier(parameters.TrainableMultiplier, _Trained):
    """The discriminator's output times a coefficient that is trained with it."""


class LayerMultipliers(parameters.LayerMultipliers, _Trained):
    """The output of each normalised layer times a coefficient of its own."""

    def scaled(self, discriminator: nn.Module) -> Iterable[nn.Module]:
        """Return every convolution and linear layer."""
        return weight_layers(discriminator).values()

    def record(self, discriminator: nn.Module) -> dict[str, Tensor]:
        """Return each coefficient, their product, and how often a sign has changed."""
        each = {f"multiplier_{name}": c for name, c in multipliers(discriminator).items()}
        return each | super().record(discriminator)


def _signs(discriminator: nn.Module) -> Tensor:
    return torch.stack([c.detach().sign() for c in multipliers(discriminator).values()])


class GradientPenalty(parameters.GradientPenalty, Constraint):
    """The gradient penalty (Gulrajani et al. 2017, equation 3)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        points = between(batch.real, batch.fake, batch.mix).requires_grad_()
        scores = discriminator(points, batch.condition)
        (gradient,) = torch.autograd.grad(scores.sum(), points, create_graph=True)
        excess = gradient.flatten(1).norm(dim=1) - 1
        if self.one_sided:
            excess = excess.relu()
        return self.weight * (excess**2).mean()


def between(real: Tensor, fake: Tensor, mix: Tensor) -> Tensor:
    """Return a point on the segment from each fake sample to a real one, all of shape (n, ...).

    `mix`, shape (n,), are the places on the segments: 0 is fake, 1 is real.
    """
    mix = mix.view(-1, *[1] * (real.ndim - 1))
    return mix * real + (1 - mix) * fake


class PowerPenalty(parameters.PowerPenalty, Constraint):
    """The penalty on trainable multipliers (Egorov & Rogachev 2023, equations 4 to 6)."""

    def loss(self, discriminator: nn.Module, batch: DiscriminatorBatch) -> Tensor:
        """Return the penalty, shape ()."""
        total = total_multiplier(discriminator)
        excess = total.abs() if self.offset is None else (total - self.offset).relu()
        return self.weight * excess**self.p


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
