"""Toys as a task."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from showergan.config.networks import PerceptronGenerator
from showergan.config.tasks.toys import PLANE, SPEC, Samples
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.task import Task, TrainingSet
from showergan.tasks.toys.metrics import METRICS
from showergan.tasks.toys.points import Points, load, opened, stream, write, write_points
from showergan.tasks.unconditional import unconditional


@dataclass(frozen=True)
class Mixture(ReferenceStatistics):
    """Centres of the Gaussians that points are drawn from, shape (k, 2), k = 0 without any, and sd per coordinate."""

    modes: NDArray[np.float64]
    mode_sd: float

    @property
    def summary(self) -> str:
        """The number of modes."""
        return f"Points of {len(self.modes)} modes" if len(self.modes) else "Points without modes"

    def write(self, file: h5py.File) -> None:
        """Write it into the file of a reference."""
        file["modes"] = self.modes
        file.attrs["mode_sd"] = self.mode_sd

    @classmethod
    def read(cls, file: h5py.File) -> "Mixture":
        """Read it from a reference or a data set."""
        return cls(file["modes"][:], float(file.attrs["mode_sd"]))


def features(chunks: Iterable[Points], *_: Any) -> Features:
    """Return the features of points: the plane is the only space, the coordinates are the quantities."""
    points = np.concatenate([chunk.point for chunk in chunks])
    x, y = points.T.astype(np.float64)
    broken = int((~np.isfinite(points)).any(axis=1).sum())
    nothing = np.empty((len(points), 0), np.float32)
    return Features({PLANE: points}, {"x": x, "y": y}, nothing, {NOT_FINITE: broken}, {})


def reference_statistics(path: Path, *_: Any) -> tuple[Mixture, Features]:
    """Return the modes of the distribution, and the features of the training points."""
    with opened(path) as file:
        mixture = Mixture.read(file)
    return mixture, features(stream(path, "train"))


def training_set(path: Path, form: Any, device: torch.device, *_: Any) -> TrainingSet:
    """Return points (n, 2) as they are; they have no conditions."""
    points = load(path, "train")
    return TrainingSet.unchanged(torch.from_numpy(points.point).to(device), points.conditions)


def to_points(output: Tensor, *_: Any) -> Points:
    """Return the output of a generator as points."""
    return Points(output.cpu().numpy())


def examples(samples: Iterable[Points]) -> dict[str, NDArray[Any]]:
    """Return the coordinates of points, each by itself."""
    x, y = np.concatenate([sample.point for sample in samples]).T
    return {"x": x, "y": y}


TASK = Task(
    **vars(SPEC),
    **unconditional(SPEC.name),
    sample_shape=(2,),
    start=PerceptronGenerator(),
    metrics=METRICS,
    samples_in=lambda path: Samples(),
    write=write,
    stream=stream,
    training_set=training_set,
    sample=Points,
    to_samples=to_points,
    write_samples=write_points,
    reference_statistics=reference_statistics,
    read_reference_statistics=Mixture.read,
    features=features,
    examples=examples,
)
