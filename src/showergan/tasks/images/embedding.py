"""The network in whose space pictures are measured: a classifier where there are labels, else half an autoencoder."""

from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write
from showergan.io.weights import read_weights, with_weights
from showergan.tasks.images.spaces import CLASSIFIER

Kind = Literal["classifier", "encoder"]

N_FEATURES = 64
SMALLEST = 4  # pixels of a side: a further convolution would leave fewer
MOST = 8  # times the channels of the first convolution
BATCH = 500  # pictures that are embedded at once


class Seen(NamedTuple):
    """What the network says of pictures.

    Attributes:
        features: shape (n, 64), float32.
        probabilities: of each class, shape (n, k), float32; None of an encoder.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float32] | None


class PictureEmbedding(nn.Module):
    """Pictures to 64 numbers, and these to the scores of classes or back to pictures.

    Strided convolutions halve the picture as long as 4 pixels of a side are left. What classes are told by is past a
    ReLU, as the features of Inception are.

    Args:
        kind: what is learned.
        shape: of a picture, (c, h, w).
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
        """Return the scores of the classes, shape (n, k), or pictures, of pictures, shape (n, c, h, w)."""
        return self.head(self.body(image))

    @torch.no_grad()
    def seen(self, image: NDArray[np.float32]) -> Seen:
        """Return what it says of pictures, shape (n, c, h, w)."""
        self.eval()
        device = next(self.parameters()).device
        parts = [self.body(part.to(device)) for part in torch.from_numpy(image).split(BATCH)]
        features = torch.cat(parts)
        classes = self.head(features).softmax(1).cpu().numpy() if self.n_classes else None
        return Seen(features.cpu().numpy(), classes)


def save_embedding(embedding: PictureEmbedding, path: Path) -> None:
    """Write the network and what it takes to build it."""
    sizes = {name: getattr(embedding, name) for name in ("kind", "shape", "n_classes", "width")}
    with atomic_write(path) as temporary:
        torch.save({**sizes, "state": embedding.state_dict()}, temporary)


def load_embedding(path: Path, device: torch.device) -> PictureEmbedding:
    """Read a network in evaluation mode.

    Raises:
        UserError: the file is missing or is none of these.
    """
    told = "was not written by train-picture-embedding", in_place_of(path, "model.pt that it wrote")
    content = read_weights(path, *told)
    with damage(path, *told, (Exception,)):
        state = content.pop("state")
        embedding = with_weights(lambda: PictureEmbedding(**content), state)
    return embedding.to(device).eval()
