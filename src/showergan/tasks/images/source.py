"""Sources of images: what all of them give, and the digits of scikit-learn."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

CHUNK = 256  # images at a time
DIGITS_SIZE = 16  # pixels of a side


class Chunk(NamedTuple):
    """Images, (n, c, h, w), 0 black to 255 white, c = 1 or 3, and numbers of their classes, (n,), 0 without any."""

    image: NDArray[np.uint8]
    label: NDArray[np.int64]


@dataclass
class Source:
    """A source of images, which come some at a time.

    Attributes:
        shape: of an image, (c, h, w).
        classes: their names; () where there are none.
        chunks: the images, in an order that is always the same.
        counts: number of images that something was done to, by what it was; complete when all images have come.
        notes: further lines for the reader.
        about: the same as numbers, attributes of the data set.
    """

    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    chunks: Iterator[Chunk]
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    about: dict[str, float] = field(default_factory=dict)


def resized(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return a grey image (h, w) as (size, size)."""
    return np.asarray(fitted(Image.fromarray(image), size))


def fitted(image: Any, size: int) -> Any:
    """Return an image of Pillow as a square of `size` pixels: cut in the middle, scaled by cubic splines."""
    return ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC)


def digits(size: int | None) -> Source:
    """Return the handwritten digits of scikit-learn (8 x 8, 17 levels of grey; Alpaydin & Kaynak 1998), scaled."""
    from sklearn.datasets import load_digits  # a second, which other tasks do not need

    size = size or DIGITS_SIZE
    found = load_digits()
    levels = np.round(found.images * (255 / 16)).astype(np.uint8)
    image = np.stack([resized(level, size) for level in levels])[:, None]
    label = found.target.astype(np.int64)
    return Source((1, size, size), tuple("0123456789"), iter([Chunk(image, label)]))
