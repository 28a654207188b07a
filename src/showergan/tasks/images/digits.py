"""The handwritten digits that come with scikit-learn (8 x 8, 17 levels of grey; Alpaydin & Kaynak 1998)."""

import numpy as np
from sklearn.datasets import load_digits

from showergan.tasks.images.resized import resized
from showergan.tasks.images.source import Chunk, Source

SIZE = 16


def digits(size: int | None) -> Source:
    """Return all of them, scaled to pictures of `size` pixels a side."""
    size = size or SIZE
    found = load_digits()
    levels = np.round(found.images * (255 / 16)).astype(np.uint8)
    image = np.stack([resized(picture, size) for picture in levels])[:, None]
    label = found.target.astype(np.int64)
    return Source((1, size, size), tuple("0123456789"), iter([Chunk(image, label)]))
