"""The training of a GAN (Egorov & Rogachev 2023, section 4.1)."""

from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from showergan.config.kinds import implementation_of, implemented
from showergan.config.networks import Shape
from showergan.config.recipes.training import Train
from showergan.errors import UserError
from showergan.io.files import say
from showergan.io.progress import Progress
from showergan.io.weights import outline
from showergan.methods.constraints.constraint import Constraint, DiscriminatorBatch
from showergan.methods.losses import Loss
from showergan.methods.optimisers import Optimiser
from showergan.networks.base import Discriminator, Generator, state_of
from showergan.networks.base import build as build_network
from showergan.training.batches import Batches, ReplayedBatches, ShuffledPasses, stream
from showergan.training.checkpoint import (
    Checkpoints,
    load_network,
    load_optimiser,
    require,
    require_like,
)
from showergan.training.history import LOSSES, History, gradient_norm, layer_norms
from showergan.training.lipschitz import lipschitz_table

N_ACCOUNTED = 2000
MOST_WEIGHTS = 2**28  # a gigabyte in single precision, and four with what an optimiser keeps
MEASURED = (*LOSSES, "score_gap", "discriminator_gradient_norm", "generator_gradient_norm")


class Average:
    """A network that follows another: theta_avg = d theta_avg + (1 - d) theta (Yazici et al. 2019).

    BatchNorm's running statistics follow in the same way. The average starts at the present weights; the decay d lies
    between 0 and 1.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = deepcopy(network)
        self._follow = get_ema_multi_avg_fn(decay)
        self._numbers, self._followed = (
            [value for value in n.state_dict().values() if value.is_floating_point()]
            for n in (self.network, network)
        )

    def update(self) -> None:
        """Follow one step."""
        self._follow(self._numbers, self._followed, 0)  # the count of steps so far is not used


@dataclass
class Result:
    """Results of a training so far.

    Attributes:
        states: of the generator, or its average, at each evaluated epoch that was reached.
        history: the recorded trajectory.
        n_steps: generator steps done.
        diverged_at_step: that ended it; None if it did not diverge.
    """

    states: dict[int, dict[str, Tensor]] = field(default_factory=dict)
    history: History = field(default_factory=History)
    n_steps: int = 0
    diverged_at_step: int | None = None


class Trainer:
    """Two networks, their optimisers and the constraints that act on the discriminator.

    `state_dict` holds all that changes in training: a trainer that loads it continues as the other would have.

    Args:
        samples: as the networks see them, shape (n, ...), on the device to train on.
        conditions: shape (n, c), on the same device; (n, 0) where there are none.
        recipe: what to train.

    Raises:
        UserError: a batch is larger than the training set, or a network is made for samples of another shape.
    """

    def __init__(self, samples: Tensor, conditions: Tensor, recipe: Train) -> None:
        n, size = len(samples), recipe.batch_size
        if n < size:
            raise UserError(
                f"training.batch_size = {size} is larger than the training set of {n} samples: "
                "choose a smaller batch or give more of them"
            )
        self.samples, self.conditions, self.recipe = samples, conditions, recipe
        self.loss = implemented(recipe.method.loss, Loss)
        self._per_epoch = n // size
        self._n_steps = recipe.epochs * self._per_epoch
        self.constraints = [
            implemented(constraint, Constraint).in_training(self._n_steps)
            for constraint in recipe.method.constraints
        ]
        device, seed = samples.device, recipe.seed

        self.generator, self.discriminator = build(
            recipe, samples.shape[1:], conditions.shape[1], device
        )
        self.average = (
            Average(self.generator, recipe.generator_average) if recipe.generator_average else None
        )
        self.generator_optimiser = _optimiser(recipe, self.generator, "generator")
        self.discriminator_optimiser = _optimiser(recipe, self.discriminator, "discriminator")
        self.noise = stream(seed, "noise", device)
        self.mix = stream(seed, "mix", device)
        self.penalty = stream(seed, "penalty", device)
        order = stream(seed, "discriminator batches", device)
        self.discriminator_batches: Batches = (
            ShuffledPasses(n, size, order)
            if recipe.batches == "shuffled"
            else ReplayedBatches(n, size, order, recipe.n_critic)
        )
        self.generator_batches = ShuffledPasses(n, size, stream(seed, "generator batches", device))
        self.result = Result()
        self._kept = self.average.network if self.average else self.generator
        self._passes = (
            nullcontext
            if recipe.precision == "float32"
            else partial(torch.autocast, device.type, torch.bfloat16)
        )
        self._set_rates()

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the training."""
        return {
            **{
                name: part.get_state() if isinstance(part, torch.Generator) else part.state_dict()
                for name, part in self._parts().items()
            },
            "states": self.result.states,
            "n_steps": self.result.n_steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state of the same recipe and data; at a `ValueError` half of another may have been loaded."""
        require(state.keys() == self.state_dict().keys(), "state")
        n_steps, states, history = state["n_steps"], state["states"], self.result.history
        require(type(n_steps) is int and 0 <= n_steps <= self._n_steps, "n_steps")
        columns = [*MEASURED, *self._account()] if n_steps else []
        self.result.n_steps = n_steps
        self._set_rates()
        for name, part in self._parts().items():
            if isinstance(part, nn.Module):
                load_network(part, state[name], name)
            elif isinstance(part, Optimiser):
                load_optimiser(part, state[name], name)
            elif isinstance(part, torch.Generator):
                require_like(part.get_state(), state[name], name)
                part.set_state(state[name])
            else:
                part.load_state_dict(state[name])
        rows = [step for step in range(1, n_steps + 1) if self._is_recorded(step)]
        require(history.steps == rows and history.columns == columns, "history")
        epochs = [e for e in self.recipe.evaluated_epochs if 0 < e <= n_steps // self._per_epoch]
        require_like(dict.fromkeys(epochs, state_of(self._kept)), states, "states")
        self.result.states = states

    def _parts(self) -> dict[str, Any]:
        """Return the parts that save and load their own states."""
        return {
            "generator": self.generator,
            "discriminator": self.discriminator,
            **({"average": self.average.network} if self.average else {}),
            "generator_optimiser": self.generator_optimiser,
            "discriminator_optimiser": self.discriminator_optimiser,
            "generator_batches": self.generator_batches,
            "discriminator_batches": self.discriminator_batches,
            "history": self.result.history,
            "noise": self.noise,
            "mix": self.mix,
            "penalty": self.penalty,
        }

    def _set_rates(self) -> None:
        """Give the optimisers the learning rates of the next generator step and its discriminator steps."""
        risen = min(1.0, (self.result.n_steps + 1) / (self.recipe.warm_up or 1))
        rates = self.recipe.learning_rates
        for group in self.generator_optimiser.param_groups:
            group["lr"] = risen * rates.generator
        for group in self.discriminator_optimiser.param_groups:
            group["lr"] = risen * rates.discriminator

    def _is_recorded(self, step: int) -> bool:
        """Return whether a step has a row in the history."""
        return step == 1 or step % self.recipe.record_every == 0 or step == self._n_steps

    def _account(self) -> dict[str, Tensor]:
        """Return the columns of the history about the discriminator and its constraints."""
        row = layer_norms(self.discriminator)
        for constraint in self.constraints:
            row |= constraint.record(self.discriminator)
        return row

    def table(self) -> pd.DataFrame:
        """Return the history so far."""
        return self.result.history.frame()

    def _generate(self, condition: Tensor) -> Tensor:
        """Return a generated sample for each condition."""
        noise = self.generator.draw_noise(len(condition), self.noise)
        with self._passes():
            return self.generator(noise, condition).to(self.samples)

    def _score(self, samples: Tensor, condition: Tensor) -> Tensor:
        """Return the score of each sample, shape (n,)."""
        with self._passes():
            return self.discriminator(samples, condition).to(self.samples)

    def discriminator_step(self) -> tuple[Tensor, DiscriminatorBatch]:
        """Move the discriminator once; return its loss without penalties, shape (), and its batch."""
        index = self.discriminator_batches.next()
        real, condition = self.samples[index], self.conditions[index]
        with torch.no_grad():
            fake = self._generate(condition)
        if self.recipe.discriminator.mixes_samples:  # else BatchNorm would show one in the other
            real_scores, fake_scores = (self._score(x, condition) for x in (real, fake))
        else:
            both = torch.cat([real, fake]), torch.cat([condition, condition])
            real_scores, fake_scores = self._score(*both).chunk(2)
        mix = torch.rand(len(index), generator=self.mix, device=real.device)
        batch = DiscriminatorBatch(
            real, fake, condition, real_scores, fake_scores, mix, self.penalty
        )

        loss = self.loss.discriminator(real_scores, fake_scores)
        penalties = [c.loss(self.discriminator, batch) for c in self.constraints]
        self.discriminator_optimiser.zero_grad()
        sum([p for p in penalties if p is not None], loss).backward()
        self.discriminator_optimiser.step()
        for constraint in self.constraints:
            constraint.after_step(self.discriminator, batch)
        return loss, batch

    def generator_step(self) -> Tensor:
        """Move the generator once; return its loss, shape ()."""
        index = self.generator_batches.next()
        condition = self.conditions[index]
        self.discriminator.requires_grad_(False)
        loss = self.loss.generator(
            self._score(self._generate(condition), condition),
            lambda: self._score(self.samples[index], condition),
        )
        self.generator_optimiser.zero_grad()
        loss.backward()
        self.generator_optimiser.step()
        self.discriminator.requires_grad_(True)
        if self.average:
            self.average.update()
        return loss

    def lipschitz(self) -> pd.DataFrame:
        """Return `lipschitz_table` of the discriminator, on at most 2 000 training samples and as many generated."""
        real, condition = self.samples[:N_ACCOUNTED], self.conditions[:N_ACCOUNTED]
        noise = stream(self.recipe.seed, "account", real.device)
        with torch.no_grad():
            fake = torch.cat(
                [
                    self.generator(self.generator.draw_noise(len(c), noise), c)
                    for c in condition.split(self.recipe.batch_size)
                ]
            )
        mix = torch.rand(len(real), generator=noise, device=real.device)
        self.discriminator.eval()  # BatchNorm by running statistics: the score of a sample is its own
        table = lipschitz_table(self.discriminator, real, fake, condition, mix)
        self.discriminator.train()
        return table

    def run(self, checkpoints: Checkpoints | None = None) -> Result:
        """Train for all epochs and log the progress.

        Training ends early after an epoch in which a loss diverged, see `History.diverged_at`, or whose weights are not
        finite. Nothing waits for the device within an epoch. It continues from the checkpoints, and saves to them.
        """
        recipe, n_steps = self.recipe, self._n_steps
        if checkpoints:
            checkpoints.resume(self)
        result = self.result
        progress = Progress(n_steps, "steps", result.n_steps)
        for step in range(result.n_steps + 1, n_steps + 1):
            for _ in range(recipe.n_critic):
                discriminator_loss, batch = self.discriminator_step()
            generator_loss = self.generator_step()
            for constraint in self.constraints:
                constraint.after_generator_step(self.discriminator, batch)

            epoch, into_epoch = divmod(step, self._per_epoch)
            if self._is_recorded(step):
                measured = (
                    discriminator_loss,
                    generator_loss,
                    batch.real_scores.mean() - batch.fake_scores.mean(),
                    gradient_norm(self.discriminator),
                    gradient_norm(self.generator),
                )
                row = dict(zip(MEASURED, measured, strict=True)) | self._account()
                result.history.add(step, epoch + bool(into_epoch), row)
                progress(step, result.history.summary)
            result.n_steps = step
            self._set_rates()
            if into_epoch == 0:
                state = state_of(self._kept) if epoch in recipe.evaluated_epochs else {}
                finite = all(bool(value.isfinite().all()) for value in state.values())
                at = result.history.diverged_at(epoch) or (None if finite else step)
                if at:
                    result.diverged_at_step = at
                    say(f"diverged at step {at} of {n_steps}; epochs kept: {sorted(result.states)}")
                    break
                if state:
                    result.states[epoch] = state
            if checkpoints and step < n_steps:
                checkpoints.reached(self)
        return result


def _optimiser(recipe: Train, network: nn.Module, role: str) -> Optimiser:
    """Return an optimiser of all weights of a network."""
    rule: Any = implementation_of(recipe.optimiser, Optimiser)
    settings = recipe.optimiser.model_dump(exclude={"kind"})
    return rule(network.parameters(), lr=getattr(recipe.learning_rates, role), **settings)


def build(
    recipe: Train, sample_shape: Shape, n_conditions: int, device: torch.device
) -> tuple[Generator, Discriminator]:
    """Return generator and discriminator with constraints attached; a seed's first weights are the same for all.

    Raises:
        UserError: a network has more than 2^28 weights.
    """
    for role, network in (("generator", recipe.generator), ("discriminator", recipe.discriminator)):
        planned = outline(partial(build_network, network, sample_shape, n_conditions))
        n = sum(weights.numel() for weights in planned.parameters())
        if n > MOST_WEIGHTS:
            raise UserError(
                f"the {role} {network.kind} of this recipe has {n:.3g} weights, and {MOST_WEIGHTS:.3g} at most can be "
                f"trained: make it narrower or less deep"
            )
    cpu = torch.device("cpu")
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(stream(recipe.seed, "weights", cpu).get_state())
        generator = build_network(recipe.generator, sample_shape, n_conditions)
        discriminator = build_network(recipe.discriminator, sample_shape, n_conditions)
        torch.set_rng_state(stream(recipe.seed, "constraint", cpu).get_state())
        for constraint in recipe.method.constraints:
            implemented(constraint, Constraint).attach(discriminator)
    return generator.to(device), discriminator.to(device)
