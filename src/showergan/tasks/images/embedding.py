"""The network in whose space images are measured: a classifier where there are labels, else half an autoencoder."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from showergan.config.tasks.images import CLASSIFIER, Embedding, Samples
from showergan.errors import UserError
from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write
from showergan.io.weights import read_weights, with_weights
from showergan.training.checkpoint import Checkpoints
from showergan.training.early_stopping import Fit, held_out_and_fitted, n_held_out_of, train

Kind = Literal["classifier", "encoder"]

N_FEATURES = 64
SMALLEST = 4  # pixels of a side: a further convolution would leave fewer
MOST = 8  # times the channels of the first convolution
BATCH = 500  # images that are embedded at once


class Seen(NamedTuple):
    """What the network says of images.

    Attributes:
        features: shape (n, 64), float32.
        probabilities: of each class, shape (n, k), float32; None of an encoder.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float32] | None


class ImageEmbedding(nn.Module):
    """Images to 64 numbers, and these to the scores of classes or back to images.

    Strided convolutions halve the image as long as 4 pixels of a side are left. What classes are told by is past a
    ReLU, as the features of Inception are.

    Args:
        kind: what is learned.
        shape: of an image, (c, h, w).
        n_classes: of a classifier.
        width: channels of the first convolution; each further one doubles them, up to eight times.
    """

    def __init__(
        self, kind: Kind, shape: tuple[int, int, int], n_classes: int = 0, width: int = 32
    ) -> None:
        super().__init__()
        self.kind, self.shape, self.n_classes, self.width = kind, shape, n_classes, width
        shapes = [shape]
        while min(shapes[-1][1:]) >= 2 * SMALLEST:
            channels = width * min(2 ** (len(shapes) - 1), MOST)
            shapes.append((channels, *((side + 1) // 2 for side in shapes[-1][1:])))
        halvings = (
            layer
            for before, after in pairwise(shapes)
            for layer in (
                nn.Conv2d(before[0], after[0], 3, stride=2, padding=1),
                nn.BatchNorm2d(after[0]),
                nn.ReLU(),
            )
        )
        n_flat = int(np.prod(shapes[-1]))
        self.body = nn.Sequential(*halvings, nn.Flatten(), nn.Linear(n_flat, N_FEATURES))
        if kind == CLASSIFIER:
            self.body.append(nn.ReLU())
            self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(N_FEATURES, n_classes))
        else:
            doublings = (
                layer
                for before, after in zip(shapes[:0:-1], shapes[-2::-1], strict=True)
                for layer in (
                    nn.ReLU(),
                    nn.Upsample(after[1:]),
                    nn.Conv2d(before[0], after[0], 3, padding=1),
                )
            )
            opened = nn.Unflatten(1, shapes[-1])
            self.head = nn.Sequential(nn.Linear(N_FEATURES, n_flat), opened, *doublings)

    def forward(self, image: Tensor) -> Tensor:
        """Return the scores of the classes, shape (n, k), or images, of images, shape (n, c, h, w)."""
        return self.head(self.body(image))

    @torch.no_grad()
    def seen(self, image: NDArray[np.float32]) -> Seen:
        """Return what it says of images, shape (n, c, h, w)."""
        self.eval()
        device = next(self.parameters()).device
        parts = [self.body(part.to(device)) for part in torch.from_numpy(image).split(BATCH)]
        features = torch.cat(parts)
        classes = self.head(features).softmax(1).cpu().numpy() if self.n_classes else None
        return Seen(features.cpu().numpy(), classes)


def save_embedding(embedding: ImageEmbedding, path: Path) -> None:
    """Write the network and what it takes to build it."""
    sizes = {name: getattr(embedding, name) for name in ("kind", "shape", "n_classes", "width")}
    with atomic_write(path) as temporary:
        torch.save({**sizes, "state": embedding.state_dict()}, temporary)


def load_embedding(path: Path, device: torch.device) -> ImageEmbedding:
    """Read a network in evaluation mode.

    Raises:
        UserError: the file is missing or is none of these.
    """
    told = "was not written by train-image-embedding", in_place_of(path, "model.pt that it wrote")
    content = read_weights(path, *told)
    with damage(path, *told, (Exception,)):
        state = content.pop("state")
        embedding = with_weights(lambda: ImageEmbedding(**content), state)
    return embedding.to(device).eval()


def train_embedding(
    kind: Kind,
    samples: Samples,
    image: NDArray[np.float32],
    label: NDArray[np.int64],
    recipe: Embedding,
    device: torch.device,
    on_epoch: Callable[[int, float], None] | None = None,
    checkpoints: Checkpoints | None = None,
) -> tuple[ImageEmbedding, Fit]:
    """Fit classes, or images without noise; stop when the score of held-out images no longer rises.

    Args:
        kind: of the network.
        samples: what the images are like.
        image: training images, shape (n, c, h, w).
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
            "choose_by: classifier measures images by the classes that they have, and these have none: "
            "choose_by: encoder"
        )
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        # The dropout of the training draws from the global generator, so all of it runs in here.
        n_classes = len(samples.classes) if kind == CLASSIFIER else 0
        embedding = ImageEmbedding(kind, samples.shape, n_classes, recipe.width).to(device)
        tensors = torch.from_numpy(image).to(device), torch.from_numpy(label).to(device)
        return _fit(embedding, *tensors, recipe, on_epoch, checkpoints)


def _fit(
    embedding: ImageEmbedding,
    image: Tensor,
    label: Tensor,
    recipe: Embedding,
    on_epoch: Callable[[int, float], None] | None,
    checkpoints: Checkpoints | None,
) -> tuple[ImageEmbedding, Fit]:
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
    """Yield the images of an epoch in random order; one alone, which BatchNorm refuses, is left out."""
    shuffled = fitted[torch.randperm(len(fitted), device=fitted.device)]
    return (index for index in shuffled.split(size) if len(index) > 1)


def _loss(embedding: ImageEmbedding, image: Tensor, label: Tensor, noise: float) -> Tensor:
    if embedding.kind == CLASSIFIER:
        return cross_entropy(embedding(image), label)
    return mse_loss(embedding(image + noise * torch.randn_like(image)), image)


@torch.no_grad()
def score_of(embedding: ImageEmbedding, image: Tensor, label: Tensor) -> float:
    """Return the share of images whose class is found, or R^2 of the images that are given back, at most 1."""
    embedding.eval()
    given = torch.cat([embedding(part) for part in image.split(BATCH)])
    if embedding.kind == CLASSIFIER:
        return float((given.argmax(1) == label).float().mean())
    return 1 - float(mse_loss(given, image) / image.var(dim=0, correction=0).mean())
