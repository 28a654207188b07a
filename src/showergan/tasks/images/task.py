"""Images as a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from showergan import heavy
from showergan.errors import UserError
from showergan.networks.perceptron import PerceptronGenerator
from showergan.tasks import images
from showergan.tasks.images.data import ImageData
from showergan.tasks.images.recipe import Embedding
from showergan.tasks.images.samples import Samples
from showergan.tasks.images.spaces import CLASSIFIER, ENCODER
from showergan.tasks.task import Task, TrainingSet

if TYPE_CHECKING:
    import h5py
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from showergan.config.evaluation import Evaluation
    from showergan.metrics.features import Features
    from showergan.metrics.registry import Registry
    from showergan.tasks.splits import Split


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
        return images.dataset.samples_in(path)

    def of(self, samples: Samples) -> ImageTask:
        """Return the task of pictures like these."""
        return ImageTask(samples)

    def write(self, data: ImageData, out: Path) -> None:
        """Read pictures, and bring them to one shape."""
        images.dataset.write(data, out)

    @property
    def metrics(self) -> Registry:
        """What pictures are judged by."""
        return images.METRICS

    @property
    def given(self) -> type[images.OneHot]:
        """Classes, or nothing."""
        return images.OneHot

    @property
    def conditioning(self) -> type[images.AsTheyAre]:
        """The classes as they are."""
        return images.AsTheyAre

    def stream(self, path: Path, split: Split) -> Iterator[images.Pictures]:
        """Read pictures, some hundred at a time."""
        return images.dataset.stream(path, split)

    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        """Return pictures (n, c, h, w) and the classes to ask for; there is nothing that could have a form."""
        pictures = images.dataset.load(path, "train")
        samples, conditions = (
            heavy.torch.from_numpy(values).to(device)
            for values in (pictures.image, pictures.one_hot)
        )
        return TrainingSet(samples, conditions, pictures.given, images.AsTheyAre())

    def sample(self, **arrays: NDArray[Any]) -> images.Pictures:
        """Return pictures."""
        return images.Pictures(**arrays)

    def made(
        self,
        output: Tensor,
        given: images.OneHot,
        conditioning: Any,
        random: np.random.Generator,
    ) -> images.Pictures:
        """Return the output as pictures."""
        return images.Pictures(output.cpu().numpy(), given.one_hot)

    def checked(self, *given: Any) -> images.OneHot:
        """Return classes, given by name or number, one for each picture; or nothing."""
        if len(given) > 1:
            raise UserError(f"Give the classes in one array, not in {len(given)}.")
        return images.asked_for(given[0] if given else None, self.condition_names)

    def read_given(self, path: Path | None, n: int | None) -> images.OneHot:
        """Read classes from the column `label` of a table; where none can be asked for, n says all."""
        return images.read_classes(path, n, self.condition_names)

    def write_samples(
        self, out: Path, n: int, chunks: Iterable[images.Pictures], origin: dict[str, Any]
    ) -> None:
        """Write pictures."""
        images.write_pictures(out, chunks, origin)

    def yardstick(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[images.PictureYardstick, Features]:
        """Return what the pictures are like; training pictures fix no more, and are not embedded."""
        yardstick = images.PictureYardstick(self.described)
        return yardstick, images.features_of(self.stream(path, "train"), None)

    def read_yardstick(self, file: h5py.File) -> images.PictureYardstick:
        """Return what the pictures are like, which the task knows from the same file."""
        return images.PictureYardstick(self.described)

    def features(
        self,
        samples: Iterable[images.Pictures],
        yardstick: images.PictureYardstick,
        embedding: images.PictureEmbedding | None,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return the features of pictures; without an embedding only those that tell light from shade."""
        return images.features_of(samples, embedding)

    def pictures(self, samples: Iterable[images.Pictures]) -> dict[str, NDArray[Any]]:
        """Return them as bytes, shape (n, c, h, w)."""
        return {"image": heavy.np.concatenate([images.to_bytes(s.image) for s in samples])}

    def load_embedding(self, path: Path, device: torch.device) -> images.PictureEmbedding:
        """Read the network."""
        return images.load_embedding(path, device)


TASK = ImageTask(Samples())
