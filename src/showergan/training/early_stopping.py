"""Training that stops when held-out samples get no better; the weights of the best epoch are what it leaves."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

HELD_OUT = 0.1  # share of the training samples that decides when to stop


class Fit(NamedTuple):
    """How a training went.

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


def train(
    network: nn.Module,
    losses: Callable[[], Iterator[Tensor]],
    score: Callable[[], float],
    on_epoch: Callable[[int, float], None] | None,
    *,
    epochs: int,
    patience: int,
    learning_rate: float,
) -> tuple[int, int]:
    """Train with Adam until the score has not risen for some epochs; leave the network in evaluation mode.

    Args:
        network: to train.
        losses: goes through an epoch: the loss of each batch, one step each.
        score: of the held-out samples, larger is better.
        on_epoch: called with (epoch, score).
        epochs: at most.
        patience: epochs without a better score.
        learning_rate: of Adam.

    Returns:
        The best epoch, counted from 1, and the number of epochs.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
    best, best_epoch, best_state = -math.inf, 0, network.state_dict()
    for epoch in range(1, epochs + 1):
        network.train()
        for loss in losses():
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        if (found := score()) > best:
            best, best_epoch = found, epoch
            best_state = copy.deepcopy(network.state_dict())
        if on_epoch:
            on_epoch(epoch, found)
        if epoch - best_epoch >= patience:
            break
    network.load_state_dict(best_state)
    network.eval()
    return best_epoch, epoch
