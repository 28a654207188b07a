"""The training of the network that pictures are measured with."""

import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from showergan.errors import UserError
from showergan.tasks.images.embedding import BATCH, Kind, PictureEmbedding
from showergan.tasks.images.recipe import Embedding
from showergan.tasks.images.samples import Samples
from showergan.tasks.images.spaces import CLASSIFIER

HELD_OUT = 0.1  # share of the training pictures that decides when to stop


class Result(NamedTuple):
    """What the training leaves.

    Attributes:
        embedding: at its best epoch, in evaluation mode.
        best_epoch: counted from 1.
        n_epochs: epochs trained.
        n_fitted: pictures in the fit.
        n_held_out: pictures that decided when to stop.
    """

    embedding: PictureEmbedding
    best_epoch: int
    n_epochs: int
    n_fitted: int
    n_held_out: int


def train_embedding(
    kind: Kind,
    samples: Samples,
    image: NDArray[np.float32],
    label: NDArray[np.int64],
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Result:
    """Fit classes, or pictures without noise; stop when the score of held-out pictures no longer rises.

    Args:
        kind: of the network.
        samples: what the pictures are like.
        image: training pictures, shape (n, c, h, w).
        label: the number of the class of each, shape (n,).
        recipe: sizes, rates and seed.
        device: where to train.
        on_epoch: called with (epoch, held-out score).

    Raises:
        UserError: a classifier is wanted and there are no classes.
    """
    if kind == CLASSIFIER and not samples.classes:
        raise UserError(
            "choose_by: classifier measures pictures by the classes that they have, and these have none: "
            "choose_by: encoder"
        )
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        # The dropout of the training draws from the global generator, so all of it runs in here.
        n_classes = len(samples.classes) if kind == CLASSIFIER else 0
        embedding = PictureEmbedding(kind, samples.shape, n_classes, recipe.width).to(device)
        tensors = torch.from_numpy(image).to(device), torch.from_numpy(label).to(device)
        return _fit(embedding, *tensors, recipe, on_epoch)


def _fit(
    embedding: PictureEmbedding,
    image: Tensor,
    label: Tensor,
    recipe: Embedding,
    on_epoch: Callable[[int, float], None] | None,
) -> Result:
    order = torch.randperm(len(image), device=image.device)
    n_held_out = max(1, round(HELD_OUT * len(image)))
    held_out, fitted = order[:n_held_out], order[n_held_out:]
    optimiser = torch.optim.Adam(embedding.parameters(), lr=recipe.learning_rate)
    best, best_epoch, best_state = -np.inf, 0, embedding.state_dict()
    for epoch in range(1, recipe.epochs + 1):
        embedding.train()
        for index in _batches(fitted, recipe.batch_size):
            loss = _loss(embedding, image[index], label[index], recipe.noise)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        score = score_of(embedding, image[held_out], label[held_out])
        if on_epoch:
            on_epoch(epoch, score)
        if score > best:
            best, best_epoch = score, epoch
            best_state = copy.deepcopy(embedding.state_dict())
        if epoch - best_epoch >= recipe.patience:
            break
    embedding.load_state_dict(best_state)
    return Result(embedding.eval(), best_epoch, epoch, len(fitted), n_held_out)


def _batches(fitted: Tensor, size: int) -> Iterator[Tensor]:
    """Yield the pictures of an epoch in random order; one alone, which BatchNorm refuses, is left out."""
    shuffled = fitted[torch.randperm(len(fitted), device=fitted.device)]
    return (index for index in shuffled.split(size) if len(index) > 1)


def _loss(embedding: PictureEmbedding, image: Tensor, label: Tensor, noise: float) -> Tensor:
    if embedding.kind == CLASSIFIER:
        return cross_entropy(embedding(image), label)
    return mse_loss(embedding(image + noise * torch.randn_like(image)), image)


@torch.no_grad()
def score_of(embedding: PictureEmbedding, image: Tensor, label: Tensor) -> float:
    """Return the share of pictures whose class is found, or R^2 of the pictures that are given back, at most 1."""
    embedding.eval()
    given = torch.cat([embedding(part) for part in image.split(BATCH)])
    if embedding.kind == CLASSIFIER:
        return float((given.argmax(1) == label).float().mean())
    return 1 - float(mse_loss(given, image) / image.var(dim=0, correction=0).mean())
