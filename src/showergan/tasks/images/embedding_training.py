"""The training of the network that pictures are measured with."""

from collections.abc import Callable, Iterator

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
from showergan.training.checkpoint import Checkpoints
from showergan.training.early_stopping import Fit, held_out_and_fitted, n_held_out_of, train


def train_embedding(
    kind: Kind,
    samples: Samples,
    image: NDArray[np.float32],
    label: NDArray[np.int64],
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None = None,
    checkpoints: Checkpoints | None = None,
) -> tuple[PictureEmbedding, Fit]:
    """Fit classes, or pictures without noise; stop when the score of held-out pictures no longer rises.

    Args:
        kind: of the network.
        samples: what the pictures are like.
        image: training pictures, shape (n, c, h, w).
        label: the number of the class of each, shape (n,).
        recipe: sizes, rates and seed.
        device: where to train.
        on_epoch: called with (epoch, held-out score).
        checkpoints: where it goes on from, and leaves its state.

    Returns:
        The network at its best epoch, in evaluation mode, and how the training went.

    Raises:
        UserError: a classifier is wanted and there are no classes.
    """
    if kind == CLASSIFIER and not samples.classes:
        raise UserError(
            "choose_by: classifier measures pictures by the classes that they have, and these have none: "
            "choose_by: encoder"
        )
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        # The dropout of the training draws from the global generator, so all of it runs in here.
        n_classes = len(samples.classes) if kind == CLASSIFIER else 0
        embedding = PictureEmbedding(kind, samples.shape, n_classes, recipe.width).to(device)
        tensors = torch.from_numpy(image).to(device), torch.from_numpy(label).to(device)
        return _fit(embedding, *tensors, recipe, on_epoch, checkpoints)


def _fit(
    embedding: PictureEmbedding,
    image: Tensor,
    label: Tensor,
    recipe: Embedding,
    on_epoch: Callable[[int, float], None] | None,
    checkpoints: Checkpoints | None,
) -> tuple[PictureEmbedding, Fit]:
    n_held_out = n_held_out_of(len(image), fewest=1)
    held_out, fitted = held_out_and_fitted(len(image), n_held_out, image.device)

    def losses() -> Iterator[Tensor]:
        for index in _batches(fitted, recipe.batch_size):
            yield _loss(embedding, image[index], label[index], recipe.noise)

    stopped = train(
        embedding,
        losses,
        lambda: score_of(embedding, image[held_out], label[held_out]),
        on_epoch,
        epochs=recipe.epochs,
        patience=recipe.patience,
        learning_rate=recipe.learning_rate,
        checkpoints=checkpoints,
    )
    return embedding, Fit(len(fitted), n_held_out, *stopped)


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
