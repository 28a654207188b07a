"""Embedding networks of all tasks: training that stops early, at the best epoch on held-out samples, and files."""

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write, say
from showergan.io.weights import read_weights, with_weights
from showergan.methods.optimisers import Adam
from showergan.training.checkpoint import (
    Checkpoints,
    load_network,
    load_optimiser,
    require,
    require_like,
)

Network = TypeVar("Network", bound=nn.Module)

HELD_OUT = 0.1  # share of the training samples that decides when to stop


class Fit(NamedTuple):
    """Summary of a training: samples in the fit, samples that decided when to stop, best epoch, from 1, and epochs."""

    n_fitted: int
    n_held_out: int
    best_epoch: int
    n_epochs: int


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed PyTorch's global generators, from which dropout draws too, and restore them afterwards."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def held_out_and_fitted(n: int, device: torch.device, fewest: int = 1) -> tuple[Tensor, Tensor]:
    """Divide the positions of n samples at random: those held out, a tenth and at least `fewest`, and the others."""
    order = torch.randperm(n).to(device)
    n_held_out = max(fewest, round(HELD_OUT * n))
    return order[:n_held_out], order[n_held_out:]


class _Course:
    """The state of a training at the end of an epoch.

    Attributes:
        scores: of the held-out samples after each epoch so far.
        best_epoch: counted from 1; 0: none yet.
        best_state: of the network after it.
    """

    def __init__(self, network: nn.Module, learning_rate: float) -> None:
        self.network = network
        self.optimiser = Adam(network.parameters(), lr=learning_rate)
        self.scores: list[float] = []
        self.best_epoch = 0
        self.best_state: dict[str, Any] | None = None
        self._device = next(network.parameters()).device

    def end_epoch(self, score: float) -> None:
        """Record the score of an epoch, NaN if weights are not finite, and keep the best weights so far."""
        if not all(bool(p.isfinite().all()) for p in self.network.parameters()):
            score = math.nan
        best = self.scores[self.best_epoch - 1] if self.best_epoch else -math.inf
        self.scores.append(score)
        if score > best:
            self.best_epoch = len(self.scores)
            self.best_state = copy.deepcopy(self.network.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """Return the whole state, PyTorch's global generators included."""
        on_gpu = self._device.type == "cuda"
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "scores": self.scores,
            "best_epoch": self.best_epoch,
            "best_state": self.best_state,
            "random": torch.get_rng_state(),
            "random_of_device": torch.cuda.get_rng_state(self._device) if on_gpu else None,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a state; a `ValueError` refuses one that no training left, of which parts may have been restored."""
        own, scores, best = self.state_dict(), state["scores"], state["best_epoch"]
        require(state.keys() == own.keys(), "state")
        require(type(scores) is list, "scores")
        load_network(self.network, state["network"], "network")
        load_optimiser(self.optimiser, state["optimiser"], "optimiser")
        require_like([0.0] * len(scores), scores, "scores")
        require(type(best) is int and 0 <= best <= len(scores), "best_epoch")
        require_like(own["network"] if best else None, state["best_state"], "best_state")
        require_like(own["random"], state["random"], "random")
        require_like(own["random_of_device"], state["random_of_device"], "random_of_device")
        torch.set_rng_state(state["random"])
        if state["random_of_device"] is not None:
            torch.cuda.set_rng_state(state["random_of_device"], self._device)
        self.scores, self.best_epoch, self.best_state = scores, best, state["best_state"]

    def table(self) -> pd.DataFrame:
        """Return the score of each epoch."""
        return pd.DataFrame({"epoch": range(1, len(self.scores) + 1), "score": self.scores})


def fit(
    network: nn.Module,
    held_out: Tensor,
    fitted: Tensor,
    loss: Callable[[Tensor], Tensor],
    score: Callable[[Tensor], float],
    checkpoints: Checkpoints | None = None,
    *,
    called: str,
    recipe: Any,
    smallest_batch: int,
) -> Fit:
    """Train with Adam until the score has not risen for some epochs; leave the best network in evaluation mode.

    Args:
        network: to train, within `seeded`.
        held_out: positions of the samples that decide when to stop.
        fitted: positions of the others; every epoch takes them in another order.
        loss: of the samples at some positions, in training mode.
        score: likewise, larger is better; it sets evaluation mode.
        checkpoints: where it resumes from, and saves its state at ends of epochs.
        called: name of the score, in the log of all epochs.
        recipe: has epochs (at most), patience (epochs without a better score), batch_size and learning_rate.
        smallest_batch: the last batch of an epoch is skipped where it is smaller.

    Raises:
        UserError: no epoch has a score that is a number.
    """
    course = _Course(network, recipe.learning_rate)
    if checkpoints:
        checkpoints.resume(course)
    for epoch in range(len(course.scores) + 1, recipe.epochs + 1):
        network.train()
        shuffled = fitted[torch.randperm(len(fitted), device=fitted.device)]
        for batch in shuffled.split(recipe.batch_size):
            if len(batch) >= smallest_batch:
                course.optimiser.zero_grad()
                loss(batch).backward()
                course.optimiser.step()
        course.end_epoch(score(held_out))
        say(f"epoch {epoch}/{recipe.epochs}: held-out {called} {course.scores[-1]:.4f}")
        if epoch - course.best_epoch >= recipe.patience:
            break
        if checkpoints and epoch < recipe.epochs:
            checkpoints.reached(course)
    if not course.best_state:
        raise UserError(
            f"the training ended after {len(course.scores)} epochs without a score that is a number: its weights are "
            f"not finite, or the held-out samples do not differ. Give a learning rate below "
            f"{recipe.learning_rate:g}, or more samples"
        )
    network.load_state_dict(course.best_state)
    network.eval()
    return Fit(len(fitted), len(held_out), course.best_epoch, len(course.scores))


def save(network: nn.Module, path: Path, **layout: Any) -> None:
    """Write a network and the arguments that build it, which are plain values."""
    with atomic_write(path) as temporary:
        torch.save({**layout, "state": network.state_dict()}, temporary)


def load(path: Path, device: torch.device, writer: str, build: Callable[..., Network]) -> Network:
    """Read a network that `save` wrote, in evaluation mode.

    `build` returns the network for the arguments in the file; of any exception the file is to blame. `writer` is the
    step that writes it, for messages.

    Raises:
        UserError: the file is missing or holds no network of this kind.
    """
    problem, remedy = (
        f"is not an embedding written by {writer}",
        in_place_of(path, "model.pt that it wrote"),
    )
    content = read_weights(path, problem, remedy)
    with damage(path, problem, remedy, (Exception,)):
        state = content.pop("state")
        network = with_weights(lambda: build(**content), state)
    return network.to(device).eval()
