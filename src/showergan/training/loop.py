"""The training of a conditional GAN (Egorov & Rogachev 2023, section 4.1)."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.config import TrainingRecipe
from showergan.constraints import Constraint, DiscriminatorBatch
from showergan.errors import UserError
from showergan.inference.snapshots import States, state_of
from showergan.networks.discriminator import Discriminator
from showergan.networks.generator import Generator, draw_noise
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.sample import Showers
from showergan.training.average import Average
from showergan.training.batches import replayed_batches, shuffled_passes, stream
from showergan.training.history import History, LayerNorms, gradient_norm
from showergan.training.lipschitz import lipschitz_table
from showergan.training.losses import LOSSES, Losses

N_ACCOUNTED = 2000


@dataclass
class Result:
    """What a training leaves.

    Attributes:
        states: of the generator at each evaluated epoch, or its average.
        history: the recorded trajectory.
        discriminator: as trained, with its constraints attached.
        n_steps: generator steps done.
    """

    states: States
    history: History
    discriminator: nn.Module
    n_steps: int


class Trainer:
    """Two networks, their optimisers and the constraints that act on the discriminator.

    Args:
        images: log1p training images, shape (n, 1, 30, 30), on the device to train on.
        conditions: shape (n, 7), on the same device.
        recipe: what to train.

    Raises:
        UserError: a batch is larger than the training set.
    """

    def __init__(self, images: Tensor, conditions: Tensor, recipe: TrainingRecipe) -> None:
        if len(images) < recipe.batch_size:
            raise UserError(
                f"training.batch_size = {recipe.batch_size} is larger than the training set of "
                f"{len(images)} showers: choose a smaller batch or give more showers"
            )
        self.images, self.conditions, self.recipe = images, conditions, recipe
        self.losses: Losses = LOSSES[recipe.method.loss]
        self.constraints: list[Constraint] = recipe.method.constraints
        device, seed = images.device, recipe.seed

        self.generator, self.discriminator = build(recipe, device)
        self.average = (
            Average(self.generator, recipe.generator_average) if recipe.generator_average else None
        )
        self.generator_optimiser = torch.optim.RMSprop(
            self.generator.parameters(), lr=recipe.learning_rates.generator
        )
        self.discriminator_optimiser = torch.optim.RMSprop(
            self.discriminator.parameters(), lr=recipe.learning_rates.discriminator
        )
        self.noise = stream(seed, "noise", device)
        self.mix = stream(seed, "mix", device)
        n, size = len(images), recipe.batch_size
        order = stream(seed, "discriminator batches", device)
        self.discriminator_batches = (
            shuffled_passes(n, size, order)
            if recipe.batches == "shuffled"
            else replayed_batches(n, size, recipe.n_critic, order)
        )
        self.generator_batches = shuffled_passes(n, size, stream(seed, "generator batches", device))

    def discriminator_step(self) -> tuple[Tensor, DiscriminatorBatch]:
        """Move the discriminator once; return its loss without penalties, shape (), and what it saw."""
        index = next(self.discriminator_batches)
        real, condition = self.images[index], self.conditions[index]
        with torch.no_grad():
            fake = self.generator(draw_noise(len(index), self.noise), condition)
        for constraint in self.constraints:
            constraint.before_step(self.discriminator)
        both = self.discriminator(torch.cat([real, fake]), torch.cat([condition, condition]))
        real_scores, fake_scores = both.chunk(2)
        mix = torch.rand(len(index), generator=self.mix, device=real.device)
        batch = DiscriminatorBatch(real, fake, condition, real_scores, fake_scores, mix)

        loss = self.losses.discriminator(real_scores, fake_scores)
        penalties = [c.loss(self.discriminator, batch) for c in self.constraints]
        self.discriminator_optimiser.zero_grad()
        sum([p for p in penalties if p is not None], loss).backward()
        self.discriminator_optimiser.step()
        for constraint in self.constraints:
            constraint.after_step(self.discriminator, batch)
        return loss, batch

    def generator_step(self) -> Tensor:
        """Move the generator once; return its loss, shape ()."""
        condition = self.conditions[next(self.generator_batches)]
        self.discriminator.requires_grad_(False)
        fake = self.generator(draw_noise(len(condition), self.noise), condition)
        loss = self.losses.generator(self.discriminator(fake, condition))
        self.generator_optimiser.zero_grad()
        loss.backward()
        self.generator_optimiser.step()
        self.discriminator.requires_grad_(True)
        if self.average:
            self.average.update()
        return loss

    def lipschitz(self) -> pd.DataFrame:
        """Account for the discriminator as it is now, on at most 2 000 training showers and as many generated."""
        real, condition = self.images[:N_ACCOUNTED], self.conditions[:N_ACCOUNTED]
        noise = stream(self.recipe.seed, "account", real.device)
        with torch.no_grad():
            fake = torch.cat(
                [
                    self.generator(draw_noise(len(c), noise), c)
                    for c in condition.split(self.recipe.batch_size)
                ]
            )
        mix = torch.rand(len(real), generator=noise, device=real.device)
        return lipschitz_table(self.discriminator, real, fake, condition, mix)

    def run(self, on_record: Callable[[int, int, History], None] | None = None) -> Result:
        """Train for all epochs.

        Args:
            on_record: called with (step, number of steps, history) after each new row of the history.
        """
        recipe = self.recipe
        steps_per_epoch = len(self.images) // recipe.batch_size
        n_steps = recipe.epochs * steps_per_epoch
        history, norms = History(), LayerNorms(self.discriminator)
        states: States = {}
        kept = self.average.network if self.average else self.generator
        for step in range(1, n_steps + 1):
            for _ in range(recipe.n_critic):
                discriminator_loss, batch = self.discriminator_step()
            generator_loss = self.generator_step()
            for constraint in self.constraints:
                constraint.after_generator_step(self.discriminator, batch)

            epoch, into_epoch = divmod(step, steps_per_epoch)
            if step == 1 or step % recipe.record_every == 0 or step == n_steps:
                history.add(
                    step,
                    epoch + bool(into_epoch),
                    {
                        "discriminator_loss": discriminator_loss,
                        "generator_loss": generator_loss,
                        "score_gap": batch.real_scores.mean() - batch.fake_scores.mean(),
                        "discriminator_gradient_norm": gradient_norm(self.discriminator),
                        "generator_gradient_norm": gradient_norm(self.generator),
                        **norms(self.discriminator),
                        **{
                            name: value
                            for c in self.constraints
                            for name, value in c.record(self.discriminator).items()
                        },
                    },
                )
                if on_record:
                    on_record(step, n_steps, history)
            if into_epoch == 0 and epoch in recipe.evaluated_epochs:
                states[epoch] = state_of(kept)
        return Result(states, history, self.discriminator, n_steps)


def training_tensors(
    showers: Showers, conditioning: Conditioning, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return log1p images (n, 1, 30, 30) and conditions (n, 7) of showers on a device."""
    images = torch.from_numpy(showers.energy).unsqueeze(1).to(device).log1p()
    return images, torch.from_numpy(conditioning.of(showers.point, showers.momentum)).to(device)


def build(recipe: TrainingRecipe, device: torch.device) -> tuple[Generator, nn.Module]:
    """Return generator and discriminator with constraints attached; a seed's first weights are the same for all."""
    cpu = torch.device("cpu")
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(stream(recipe.seed, "weights", cpu).get_state())
        generator, discriminator = Generator(), Discriminator(recipe.discriminator)
        torch.set_rng_state(stream(recipe.seed, "constraint", cpu).get_state())
        for constraint in recipe.method.constraints:
            constraint.attach(discriminator)
    for network in (generator, discriminator):
        # Convolutions of this size run about a tenth faster on CPUs in this layout.
        network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return generator, discriminator
