"""Training with early stopping: until held-out samples get no better; the weights are those of the best epoch."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd
import torch
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.training.checkpoint import (
    Checkpoints,
    load_network,
    load_optimiser,
    require,
    require_like,
)

HELD_OUT = 0.1  # share of the training samples that decides when to stop


class Fit(NamedTuple):
    """Summary of a training.

    Attributes:
        n_fitted: samples in the fit.
        n_held_out: samples that decided when to stop.
        best_epoch: counted from 1.
        n_epochs: epochs trained.
    """

    n_fitted: int
    n_held_out: int
    best_epoch: int
    n_epochs: int


def n_held_out_of(n: int, fewest: int) -> int:
    """Return how many of n training samples are held out."""
    return max(fewest, round(HELD_OUT * n))


def held_out_and_fitted(n: int, n_held_out: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Divide the positions of n samples at random, by PyTorch's global generator."""
    order = torch.randperm(n).to(device)
    return order[:n_held_out], order[n_held_out:]


class _Course:
    """State of a training at the end of an epoch.

    Attributes:
        scores: of the held-out samples after each epoch so far.
        best_epoch: counted from 1; 0: none yet.
        best_state: of the network after it.
    """

    def __init__(self, network: nn.Module, learning_rate: float) -> None:
        self.network = network
        self.optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
        self.scores: list[float] = []
        self.best_epoch = 0
        self.best_state: dict[str, Any] | None = None
        self._device = next(network.parameters()).device

    def end_epoch(self, score: float) -> None:
        """Record the score of an epoch, NaN if weights are not finite, and keep the weights if it is the best."""
        if not all(bool(p.isfinite().all()) for p in self.network.parameters()):
            score = math.nan
        best = self.scores[self.best_epoch - 1] if self.best_epoch else -math.inf
        self.scores.append(score)
        if score > best:
            self.best_epoch = len(self.scores)
            self.best_state = copy.deepcopy(self.network.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """Return the state, including that of PyTorch's global generators."""
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
        """Continue from a state.

        Raises:
            ValueError: it is no state of this training; half of it may have been loaded.
        """
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


def train(
    network: nn.Module,
    losses: Callable[[], Iterator[Tensor]],
    score: Callable[[], float],
    on_epoch: Callable[[int, float], None] | None,
    *,
    epochs: int,
    patience: int,
    learning_rate: float,
    checkpoints: Checkpoints | None = None,
) -> tuple[int, int]:
    """Train with Adam until the score has not risen for some epochs; the network ends in evaluation mode.

    Args:
        network: to train.
        losses: goes through an epoch: the loss of each batch, one step each.
        score: of the held-out samples, larger is better.
        on_epoch: called with (epoch, score).
        epochs: at most.
        patience: epochs without a better score.
        learning_rate: of Adam.
        checkpoints: to continue from, and to save to at ends of epochs. Random numbers are those of PyTorch's global
            generators.

    Returns:
        The best epoch, counted from 1, and the number of epochs.

    Raises:
        UserError: no epoch has a score that is a number.
    """
    course = _Course(network, learning_rate)
    if checkpoints:
        checkpoints.resume(course)
    for epoch in range(len(course.scores) + 1, epochs + 1):
        network.train()
        for loss in losses():
            course.optimiser.zero_grad()
            loss.backward()
            course.optimiser.step()
        course.end_epoch(score())
        if on_epoch:
            on_epoch(epoch, course.scores[-1])
        if epoch - course.best_epoch >= patience:
            break
        if checkpoints and epoch < epochs:
            checkpoints.reached(course)
    if not course.best_state:
        raise UserError(
            f"the training ended after {len(course.scores)} epochs without a score that is a number: its "
            f"weights are none, or the held-out samples do not differ. Give a learning rate below {learning_rate:g}, "
            "or more samples"
        )
    network.load_state_dict(course.best_state)
    network.eval()
    return course.best_epoch, len(course.scores)
