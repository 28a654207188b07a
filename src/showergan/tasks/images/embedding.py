"""The network in whose space images are measured: a classifier where there are labels, else half an autoencoder."""

from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from showergan.config.tasks.images import CLASSIFIER, ENCODER, Embedding, Samples
from showergan.errors import UserError
from showergan.training.checkpoint import Checkpoints
from showergan.training.embedding import Fit, fit, held_out_and_fitted, load, save, seeded

Kind = Literal["classifier", "encoder"]

SCORES = {CLASSIFIER: "accuracy", ENCODER: "R2 of images"}
N_FEATURES = 64
SMALLEST = 4  # pixels of a side: a further convolution would leave fewer
MOST = 8  # times the channels of the first convolution
BATCH = 500  # images that are embedded at once


class Seen(NamedTuple):
    """Features of images, shape (n, 64), and probabilities of classes, shape (n, k), None of an encoder; float32."""

    features: NDArray[np.float32]
    probabilities: NDArray[np.float32] | None


class ImageEmbedding(nn.Module):
    """Images to 64 numbers, and these to the scores of classes or back to images.

    Strided convolutions halve the image as long as 4 pixels of a side remain. A classifier's features are taken after
    a ReLU, as those of Inception are.

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
        """Return the outputs for images, shape (n, c, h, w), in evaluation mode."""
        self.eval()
        device = next(self.parameters()).device
        parts = [self.body(part.to(device)) for part in torch.from_numpy(image).split(BATCH)]
        features = torch.cat(parts)
        classes = self.head(features).softmax(1).cpu().numpy() if self.n_classes else None
        return Seen(features.cpu().numpy(), classes)


def save_embedding(embedding: ImageEmbedding, path: Path) -> None:
    """Write the network and the arguments that build it."""
    sizes = {name: getattr(embedding, name) for name in ("kind", "shape", "n_classes", "width")}
    save(embedding, path, **sizes)


def load_embedding(path: Path, device: torch.device) -> ImageEmbedding:
    """Read a network in evaluation mode; raises a `UserError` if the file is missing or holds none."""
    return load(path, device, "train-image-embedding", ImageEmbedding)


def train_embedding(
    kind: Kind,
    samples: Samples,
    image: NDArray[np.float32],
    label: NDArray[np.int64],
    recipe: Embedding,
    device: torch.device,
    checkpoints: Checkpoints | None = None,
) -> tuple[ImageEmbedding, Fit]:
    """Fit classes, or images without noise; stop when the score of held-out images no longer rises.

    Training images have the shape (n, c, h, w), the numbers of their classes (n,). The training continues from the
    checkpoints, and saves to them.

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
    with seeded(recipe.seed, device):
        n_classes = len(samples.classes) if kind == CLASSIFIER else 0
        embedding = ImageEmbedding(kind, samples.shape, n_classes, recipe.width).to(device)
        pixels, labels = (torch.from_numpy(values).to(device) for values in (image, label))
        held_out, fitted = held_out_and_fitted(len(pixels), device)

        def loss(index: Tensor) -> Tensor:
            x = pixels[index]
            if kind == CLASSIFIER:
                return cross_entropy(embedding(x), labels[index])
            return mse_loss(embedding(x + recipe.noise * torch.randn_like(x)), x)

        return embedding, fit(
            embedding,
            held_out,
            fitted,
            loss,
            lambda index: score_of(embedding, pixels[index], labels[index]),
            checkpoints,
            called=SCORES[kind],
            recipe=recipe,
            smallest_batch=2,  # BatchNorm refuses a single image
        )


@torch.no_grad()
def score_of(embedding: ImageEmbedding, image: Tensor, label: Tensor) -> float:
    """Return the share of images whose class is found, or R^2 of the images that are given back, at most 1."""
    embedding.eval()
    given = torch.cat([embedding(part) for part in image.split(BATCH)])
    if embedding.kind == CLASSIFIER:
        return float((given.argmax(1) == label).float().mean())
    return 1 - float(mse_loss(given, image) / image.var(dim=0, correction=0).mean())
