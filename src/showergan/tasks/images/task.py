"""Images as a task."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from showergan.config.networks import PerceptronGenerator
from showergan.config.tasks.images import SPEC, Samples
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.images.dataset import load, samples_in, samples_of, stream, write
from showergan.tasks.images.embedding import ImageEmbedding, load_embedding
from showergan.tasks.images.images import (
    Images,
    OneHot,
    check_classes,
    clipped,
    read_classes,
    to_bytes,
    write_images,
)
from showergan.tasks.images.metrics import METRICS, PROBABILITIES
from showergan.tasks.task import Task, TrainingSet, Unchanged


@dataclass(frozen=True)
class ImageStatistics(ReferenceStatistics):
    """Sizes and classes of the images, from the description in the data set; the training images fix no more."""

    samples: Samples

    @property
    def summary(self) -> str:
        """Size, colours, and the number of classes."""
        channels, height, width = self.samples.shape
        kind = "grey" if channels == 1 else "coloured"
        classes = f" of {len(self.samples.classes)} classes" if self.samples.classes else ""
        return f"{height} x {width} pixels, {kind}{classes}"

    @property
    def n_bins(self) -> int:
        """Number of classes that are conditions."""
        return len(self.samples.conditions)

    def bins(self, features: Features) -> NDArray[np.integer]:
        """Return the number of the class that each image was made for."""
        return features.conditions.argmax(axis=1)

    def write(self, file: h5py.File) -> None:
        """Write it into the file of a reference."""
        file.attrs["samples"] = self.samples.model_dump_json()

    @classmethod
    def read(cls, file: h5py.File) -> "ImageStatistics":
        """Read it from a reference or a data set."""
        return cls(samples_of(file))


def features(
    chunks: Iterable[Images], statistics: Any, embedding: ImageEmbedding | None, *_: Any
) -> Features:
    """Return the features of images that come in chunks; the images are not kept.

    The only space is that of the embedding, named after its kind; without one there is none. The quantities are the
    mean of an image's numbers, their standard deviation, and the mean of the absolute differences of neighbours. Its
    own arrays are the probabilities of the classes that a classifier gives.
    """
    first, *others = (_features(chunk, embedding) for chunk in chunks if len(chunk))
    return first.followed_by(*others)


def _features(images: Images, embedding: ImageEmbedding | None) -> Features:
    image = clipped(images.image)
    spaces: dict[str, NDArray[np.floating]] = {}
    own = {}
    if embedding:
        spaces[embedding.kind], probabilities = embedding.seen(image)
        if probabilities is not None:
            own[PROBABILITIES] = probabilities
    numbers = image.astype(np.float64)
    steps = [np.abs(np.diff(numbers, axis=axis)).mean(axis=(1, 2, 3)) for axis in (2, 3)]
    return Features(
        spaces,
        {
            "brightness": numbers.mean(axis=(1, 2, 3)),
            "contrast": numbers.std(axis=(1, 2, 3)),
            "sharpness": np.mean(steps, axis=0),
        },
        images.one_hot,
        {NOT_FINITE: int((~np.isfinite(image)).any(axis=(1, 2, 3)).sum())},
        own,
    )


def reference_statistics(path: Path, *_: Any) -> tuple[ImageStatistics, Features]:
    """Return sizes and classes, and the features of the training images without an embedding."""
    statistics = ImageStatistics(samples_in(path))
    return statistics, features(stream(path, "train"), statistics, None)


def training_set(path: Path, form: Any, device: torch.device, *_: Any) -> TrainingSet:
    """Return images (n, c, h, w), and as conditions their classes one-hot."""
    images = load(path, "train")
    return TrainingSet.unchanged(torch.from_numpy(images.image).to(device), images.conditions)


def to_images(output: Tensor, conditions: OneHot, *_: Any) -> Images:
    """Return the output of a generator as images."""
    return Images(output.cpu().numpy(), conditions.one_hot)


def examples(samples: Iterable[Images]) -> dict[str, NDArray[Any]]:
    """Return images as bytes, shape (n, c, h, w)."""
    return {"image": np.concatenate([to_bytes(sample.image) for sample in samples])}


def of_samples(samples: Samples) -> dict[str, Any]:
    """Return the attributes of the task that depend on sizes and classes of the images."""
    return {
        "sample_shape": samples.shape,
        "condition_names": samples.conditions,
        "condition_units": ("",) * len(samples.conditions),
        "n_conditions": len(samples.conditions),
        "check_conditions": partial(check_classes, samples.conditions),
        "read_conditions": partial(read_classes, samples.conditions),
    }


TASK = Task(
    **{**vars(SPEC), **of_samples(Samples())},
    varying=of_samples,
    conditions=OneHot,
    conditioning=Unchanged,
    start=PerceptronGenerator(),
    metrics=METRICS,
    samples_in=samples_in,
    write=write,
    stream=stream,
    training_set=training_set,
    sample=Images,
    to_samples=to_images,
    write_samples=write_images,
    reference_statistics=reference_statistics,
    read_reference_statistics=ImageStatistics.read,
    features=features,
    examples=examples,
    load_embedding=load_embedding,
)
