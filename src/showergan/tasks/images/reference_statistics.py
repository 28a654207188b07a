"""What pictures are measured with, and what metrics see of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.images.embedding import PictureEmbedding
from showergan.tasks.images.pictures import Pictures, clipped
from showergan.tasks.images.samples import Samples
from showergan.tasks.images.spaces import PROBABILITIES


@dataclass(frozen=True)
class PictureReferenceStatistics(ReferenceStatistics):
    """What the pictures are like.

    Attributes:
        samples: as the data set says.
    """

    samples: Samples

    @property
    def summary(self) -> str:
        """How large they are, and of how many classes."""
        channels, height, width = self.samples.shape
        kind = "grey" if channels == 1 else "coloured"
        classes = f" of {len(self.samples.classes)} classes" if self.samples.classes else ""
        return f"{height} x {width} pixels, {kind}{classes}"

    @property
    def n_bins(self) -> int:
        """Number of classes that pictures are asked of."""
        return len(self.samples.asked)

    def bins(self, features: Features) -> NDArray[np.integer]:
        """Return the number of the class that each was made for."""
        return features.conditions.argmax(axis=1)

    def write(self, file: h5py.File) -> None:
        """Keep it in the file of a reference."""
        file.attrs["samples"] = self.samples.model_dump_json()


def features_of(chunks: Iterable[Pictures], embedding: PictureEmbedding | None) -> Features:
    """Return the features of pictures that come in chunks; the pictures are not kept.

    The only space is that of the embedding, named after its kind; without one there is none. The quantities are the
    mean of a picture's numbers, their standard deviation, and the mean of the absolute differences of neighbours. Their
    own are the probabilities of the classes that a classifier gives.
    """
    first, *others = (_features(chunk, embedding) for chunk in chunks if len(chunk))
    return first.followed_by(*others)


def _features(pictures: Pictures, embedding: PictureEmbedding | None) -> Features:
    image = clipped(pictures.image)
    spaces: dict[str, NDArray[np.floating]] = {}
    own = {}
    if embedding:
        seen = embedding.seen(image)
        spaces[embedding.kind] = seen.features
        if seen.probabilities is not None:
            own[PROBABILITIES] = seen.probabilities
    numbers = image.astype(np.float64)
    steps = [np.abs(np.diff(numbers, axis=axis)).mean(axis=(1, 2, 3)) for axis in (2, 3)]
    return Features(
        spaces,
        {
            "brightness": numbers.mean(axis=(1, 2, 3)),
            "contrast": numbers.std(axis=(1, 2, 3)),
            "sharpness": np.mean(steps, axis=0),
        },
        pictures.one_hot,
        {NOT_FINITE: int((~np.isfinite(image)).any(axis=(1, 2, 3)).sum())},
        own,
    )
