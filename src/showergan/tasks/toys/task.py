"""Toys as a task."""

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
from showergan.config.section import Section
from showergan.metrics.features import Features
from showergan.metrics.registry import Registry
from showergan.tasks.splits import Split
from showergan.tasks.task import TrainingSet
from showergan.tasks.toys import dataset
from showergan.tasks.toys.data import ToyData
from showergan.tasks.toys.metrics import METRICS
from showergan.tasks.toys.points import Points, write_points
from showergan.tasks.toys.recipe import FixedGenerator
from showergan.tasks.toys.reference_statistics import PlaneReferenceStatistics, features_of
from showergan.tasks.unconditional import UnconditionalTask


class Samples(Section):
    """What is generated: points, which are the network's output as it is."""

    quantity: Literal["point"] = "point"
    unit: Literal[""] = ""
    shape: tuple[Literal[2]] = (2,)
    transform: Literal["identity"] = "identity"
    inverse: Literal["identity"] = "identity"


class ToyTask(UnconditionalTask):
    """Points in a plane, made for nothing."""

    name = "toys"
    about = (
        "GANs learn points in a plane, whose distribution is known. The score is PRD-AUC, the "
        "area under the curve of precision and recall of distributions, of the points as they "
        "are (plane)."
    )
    data = ToyData
    sections: ClassVar = {"fixed_generator": FixedGenerator()}
    scores = ("plane",)
    choose_by = "plane"
    samples = Samples
    sample_shape = (2,)
    sample_arrays = ("point",)
    n_examples = 1000
    start = PerceptronGenerator()

    def write(self, data: ToyData, out: Path) -> None:
        """Draw the points."""
        dataset.write(data, out)

    @property
    def metrics(self) -> Registry:
        """What points are judged by."""
        return METRICS

    def stream(self, path: Path, split: Split) -> Iterator[Points]:
        """Read points, all at once."""
        yield dataset.load(path, split)

    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        """Return points (n, 2) as they are; there is nothing that could have a form."""
        points = dataset.load(path, "train")
        samples, conditions = (
            torch.from_numpy(values).to(device)
            for values in (points.point, points.given.conditions)
        )
        return TrainingSet(samples, conditions, points.given, self.conditioning())

    def sample(self, **arrays: NDArray[Any]) -> Points:
        """Return points."""
        return Points(**arrays)

    def made(
        self, output: Tensor, given: Any, conditioning: Any, random: np.random.Generator
    ) -> Points:
        """Return the output as points."""
        return Points(output.cpu().numpy())

    def write_samples(
        self, out: Path, n: int, chunks: Iterable[Points], origin: dict[str, Any]
    ) -> None:
        """Write points."""
        write_points(out, chunks, origin)

    def reference_statistics(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[PlaneReferenceStatistics, Features]:
        """Return the modes of the distribution; training points fix nothing."""
        with dataset.opened(path) as file:
            reference_statistics = PlaneReferenceStatistics.read(file)
        return reference_statistics, features_of(self.stream(path, "train"))

    def read_reference_statistics(self, file: h5py.File) -> PlaneReferenceStatistics:
        """Read it from the file of a reference."""
        return PlaneReferenceStatistics.read(file)

    def features(
        self,
        samples: Iterable[Points],
        reference_statistics: PlaneReferenceStatistics,
        embedding: Any,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return the features of points."""
        return features_of(samples)

    def pictures(self, samples: Iterable[Points]) -> dict[str, NDArray[Any]]:
        """Return their coordinates, each by itself."""
        x, y = np.concatenate([sample.point for sample in samples]).T
        return {"x": x, "y": y}


TASK = ToyTask()
