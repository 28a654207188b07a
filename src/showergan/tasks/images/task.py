"""Images as a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from showergan.config.evaluation import Evaluation
from showergan.config.networks import PerceptronGenerator
from showergan.errors import UserError
from showergan.metrics.features import Features
from showergan.metrics.registry import Registry
from showergan.tasks.images import dataset
from showergan.tasks.images.classes import asked_for, read_classes
from showergan.tasks.images.data import ImageData
from showergan.tasks.images.embedding import PictureEmbedding
from showergan.tasks.images.embedding import load_embedding as _load_embedding
from showergan.tasks.images.metrics import METRICS
from showergan.tasks.images.pictures import AsTheyAre, OneHot, Pictures, to_bytes, write_pictures
from showergan.tasks.images.recipe import Embedding
from showergan.tasks.images.reference_statistics import PictureReferenceStatistics, features_of
from showergan.tasks.images.samples import Samples
from showergan.tasks.images.spaces import CLASSIFIER, ENCODER
from showergan.tasks.splits import Split
from showergan.tasks.task import Task, TrainingSet


class ImageTask(Task):
    """Pictures, made for a class or for nothing.

    Args:
        described: the pictures of a data set, or that a generator makes.
    """

    name = "images"
    about = (
        "GANs learn pictures. The score is PRD-AUC, the area under the curve of precision and "
        "recall of distributions, over features of a network that this run trained on its "
        "training pictures: a classifier or an encoder. Its scale is that of the network, and "
        "cannot be compared with that of another run."
    )
    data = ImageData
    has_embedding = True
    sections: ClassVar = {"embedding": Embedding()}
    scores = (CLASSIFIER, ENCODER, f"bins-{CLASSIFIER}", f"bins-{ENCODER}")
    choose_by = CLASSIFIER
    samples = Samples
    sample_arrays = ("image", "one_hot")
    n_examples = 64
    start = PerceptronGenerator()

    def __init__(self, described: Samples) -> None:
        self.described = described
        self.sample_shape = described.shape
        self.condition_names = described.asked
        self.condition_units = ("",) * len(described.asked)
        self.n_conditions = len(described.asked)

    def samples_in(self, path: Path) -> Samples:
        """Return what the pictures of a data set are like."""
        return dataset.samples_in(path)

    def of(self, samples: Samples) -> ImageTask:
        """Return the task of pictures like these."""
        return ImageTask(samples)

    def write(self, data: ImageData, out: Path) -> None:
        """Read pictures, and bring them to one shape."""
        dataset.write(data, out)

    @property
    def metrics(self) -> Registry:
        """What pictures are judged by."""
        return METRICS

    @property
    def given(self) -> type[OneHot]:
        """Classes, or nothing."""
        return OneHot

    @property
    def conditioning(self) -> type[AsTheyAre]:
        """The classes as they are."""
        return AsTheyAre

    def stream(self, path: Path, split: Split) -> Iterator[Pictures]:
        """Read pictures, some hundred at a time."""
        return dataset.stream(path, split)

    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        """Return pictures (n, c, h, w) and the classes to ask for; there is nothing that could have a form."""
        pictures = dataset.load(path, "train")
        samples, conditions = (
            torch.from_numpy(values).to(device) for values in (pictures.image, pictures.one_hot)
        )
        return TrainingSet(samples, conditions, pictures.given, AsTheyAre())

    def sample(self, **arrays: NDArray[Any]) -> Pictures:
        """Return pictures."""
        return Pictures(**arrays)

    def made(
        self,
        output: Tensor,
        given: OneHot,
        conditioning: Any,
        random: np.random.Generator,
    ) -> Pictures:
        """Return the output as pictures."""
        return Pictures(output.cpu().numpy(), given.one_hot)

    def checked(self, *given: Any) -> OneHot:
        """Return classes, given by name or number, one for each picture; or nothing."""
        if len(given) > 1:
            raise UserError(f"Give the classes in one array, not in {len(given)}.")
        return asked_for(given[0] if given else None, self.condition_names)

    def read_given(self, path: Path | None, n: int | None) -> OneHot:
        """Read classes from the column `label` of a table; where none can be asked for, n says all."""
        return read_classes(path, n, self.condition_names)

    def write_samples(
        self, out: Path, n: int, chunks: Iterable[Pictures], origin: dict[str, Any]
    ) -> None:
        """Write pictures."""
        write_pictures(out, chunks, origin)

    def reference_statistics(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[PictureReferenceStatistics, Features]:
        """Return what the pictures are like; training pictures fix no more, and are not embedded."""
        reference_statistics = PictureReferenceStatistics(self.described)
        return reference_statistics, features_of(self.stream(path, "train"), None)

    def read_reference_statistics(self, file: h5py.File) -> PictureReferenceStatistics:
        """Return what the pictures are like, which the task knows from the same file."""
        return PictureReferenceStatistics(self.described)

    def features(
        self,
        samples: Iterable[Pictures],
        reference_statistics: PictureReferenceStatistics,
        embedding: PictureEmbedding | None,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return the features of pictures; without an embedding only those that tell light from shade."""
        return features_of(samples, embedding)

    def pictures(self, samples: Iterable[Pictures]) -> dict[str, NDArray[Any]]:
        """Return them as bytes, shape (n, c, h, w)."""
        return {"image": np.concatenate([to_bytes(s.image) for s in samples])}

    def load_embedding(self, path: Path, device: torch.device) -> PictureEmbedding:
        """Read the network."""
        return _load_embedding(path, device)


TASK = ImageTask(Samples())
