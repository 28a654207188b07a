"""The door between a task and all else: what steps, measurement and inference ask of it.

Light on purpose: the workflow imports the task objects whenever it is parsed. What computes stands in other files of
the task's folder, which load at their first use.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from showergan.config.data import Data
from showergan.config.evaluation import Evaluation
from showergan.config.networks import GeneratorNetwork, Shape
from showergan.config.section import Section
from showergan.errors import UserError
from showergan.io.hdf5 import opened_hdf5, text_of
from showergan.metrics.features import Features, ReferenceStatistics
from showergan.metrics.registry import Registry
from showergan.tasks.splits import Split


class TrainingSet(NamedTuple):
    """What a GAN is trained on.

    Attributes:
        samples: as the networks see them, shape (n, ...).
        conditions: as the networks see them, shape (n, c).
        given: what the conditions were made of.
        conditioning: how.
    """

    samples: Tensor
    conditions: Tensor
    given: Any
    conditioning: Any


class Task(ABC):
    """What is learned.

    Where samples differ from data set to data set, `of` returns the task as those of one have it, with attributes of
    its own in place of those of the class.

    Samples, real or generated, are objects with a length; `select`, of a slice, a mask or positions; the arrays of
    `sample_arrays`; and `given`, what they were made for: a named tuple of arrays with a row for each sample.

    Attributes:
        name: that of its folder.
        about: what is learned and what the scores are, a paragraph for the front page of the report.
        data: its section of the configuration; default values make a valid one.
        sections: of the configuration that only it has, by their keys, as they are by default.
        own_data: whether steps of its own write its data set; else `make_data` does, by `write`.
        scores: what may choose epochs and learning rates: a space, or "bins-" and a space where there are bins.
        choose_by: the one of these that does where nothing else is said.
        samples: what a generator file says of the samples: at least quantity and shape, all with defaults.
        condition_names: of the numbers that a sample is conditioned on.
        condition_units: of these; "" of those that have none.
        sample_shape: of a sample as the networks see it.
        n_conditions: numbers that the networks are given.
        sample_arrays: the arrays that samples are kept as, which are attributes of them.
        n_examples: real samples that generators imitate for pictures.
        pictures_of: the evaluated epochs whose generators do: the last, or every one, whose number is then beside.
        start: the generator whose first weights are the floor of every metric.
        has_embedding: whether samples are measured in the space of a network that a step of its own trains.
        bars: which of `comparison.bars` a run should reach before its methods are worth comparing.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    data: ClassVar[type[Data]]
    sections: ClassVar[Mapping[str, Section]] = {}
    own_data: ClassVar[bool] = False
    scores: ClassVar[tuple[str, ...]]
    choose_by: ClassVar[str]
    samples: ClassVar[type[Section]]
    condition_names: tuple[str, ...] = ()
    condition_units: tuple[str, ...] = ()
    sample_shape: Shape
    n_conditions: int = 0
    sample_arrays: ClassVar[tuple[str, ...]]
    n_examples: ClassVar[int]
    pictures_of: ClassVar[Literal["last", "every"]] = "last"
    start: ClassVar[GeneratorNetwork]
    has_embedding: bool = False
    bars: ClassVar[tuple[str, ...]] = ()

    @property
    def quantity(self) -> str:
        """What a sample is, for what can only show samples of one kind."""
        return self.samples.model_fields["quantity"].default

    def samples_in(self, path: Path) -> Any:
        """Return what a generator file says of the samples of a data set, or of those that a reference is made of."""
        return self.samples()

    def of(self, samples: Any) -> Task:
        """Return the task for samples of which a generator file says this."""
        return self

    def write(self, data: Any, out: Path) -> None:
        """Write the data set as HDF5: an attribute `task`, `source_sha256`, `split` (n,), and what `stream` reads."""
        raise NotImplementedError

    @property
    @abstractmethod
    def metrics(self) -> Registry:
        """What samples are judged by."""

    @property
    @abstractmethod
    def given(self) -> type[Any]:
        """What samples are made for.

        `conditions` are all its numbers, shape (n, c), in the order of `condition_names`; its class method `of` makes
        it of them.
        """

    @property
    @abstractmethod
    def conditioning(self) -> type[Any]:
        """From what is given to the conditions of the networks: `of(*given)` returns them, shape (n, c).

        Without arguments it is one that fits any data.
        """

    @abstractmethod
    def stream(self, path: Path, split: Split) -> Iterator[Any]:
        """Read the samples of one split of a data set, some at a time."""

    @abstractmethod
    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        """Return the training samples.

        Args:
            path: the data set.
            form: of the conditions; None: a conditioning that is not fitted.
            device: where the tensors lie.
            representation: how networks see samples, as the recipe of a training says, see `Data.representation`.

        Raises:
            UserError: the task has no such representation.
        """

    def source_sha256(self, path: Path) -> str:
        """Return what tells the source of a data set from others."""
        with opened_hdf5(path) as file:
            return text_of(file, "source_sha256")

    @abstractmethod
    def sample(self, **arrays: NDArray[Any]) -> Any:
        """Return samples made of their `sample_arrays`."""

    @abstractmethod
    def made(
        self, output: Tensor, given: Any, conditioning: Any, random: np.random.Generator
    ) -> Any:
        """Return the samples that the output of a generator stands for.

        Args:
            output: of the generator.
            given: what it was given.
            conditioning: that it was trained with.
            random: for what is drawn besides the noise; it must not matter how many samples are made at a time.
        """

    @abstractmethod
    def checked(self, *given: Any) -> Any:
        """Return what a person gives to a generator; a `UserError` says what is wrong with it."""

    @abstractmethod
    def read_given(self, path: Path | None, n: int | None) -> Any:
        """Return what a file asks to generate for; n samples are wanted, None: one for each row.

        Raises:
            UserError: the file is unusable, or there is none where one is needed.
        """

    def read_samples(self, path: Path, mend: bool = False) -> Iterator[Any]:
        """Read samples from a file that anybody wrote, some at a time.

        Args:
            path: the file.
            mend: change impossible values to the nearest possible ones, rather than refuse them.

        Raises:
            UserError: the file is unusable, or the task reads none.
        """
        raise UserError(f"{path}: samples of the task {self.name} are not read from files.")

    @abstractmethod
    def write_samples(
        self, out: Path, n: int, chunks: Iterable[Any], origin: dict[str, Any]
    ) -> None:
        """Write n generated samples, that come some at a time, as npz or, with attributes of their origin, HDF5."""

    @abstractmethod
    def reference_statistics(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[ReferenceStatistics, Features]:
        """Return what all samples are measured with, and the features of the training samples that fix it.

        It has a method `write`, which keeps it in the file of a reference.
        """

    def reference_statistics_of_file(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> ReferenceStatistics:
        """Return what samples are measured with where all that is real is one file that `read_samples` reads.

        Raises:
            UserError: the file is unusable, or the task reads none.
        """
        raise UserError(f"{path}: samples of the task {self.name} are not read from files.")

    @abstractmethod
    def read_reference_statistics(self, file: h5py.File) -> ReferenceStatistics:
        """Read it from there."""

    @abstractmethod
    def features(
        self,
        samples: Iterable[Any],
        reference_statistics: Any,
        embedding: Any,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return what metrics see of samples that come some at a time; without an embedding what needs none."""

    @abstractmethod
    def pictures(self, samples: Iterable[Any]) -> dict[str, NDArray[Any]]:
        """Return what is kept of generated examples for figures, an array (n, ...) by name."""

    def with_given(self, sample: Any, given: Any) -> Any:
        """Return samples as if they had been made for something else: dataclasses that hold it as arrays of theirs."""
        return replace(sample, **given._asdict())

    def can_be_repeated(self, path: Path) -> bool:
        """Tell whether `repeated` has what a data set was made by."""
        return False

    def repeated(self, path: Path, given: Any, seed: int) -> Iterator[Any]:
        """Make other real samples for the same conditions, by what a data set was made by."""
        raise NotImplementedError

    def load_embedding(self, path: Path, device: torch.device) -> Any:
        """Read the embedding."""
        raise NotImplementedError

    def standalone(self, network: nn.Module, description: Any) -> Any:
        """Return a generator with all that stands before and after it, in operations that ONNX knows.

        A module with attributes inputs and output, the names of what goes in and comes out, and example, two rows of
        each input. Of a task without one generators cannot be exported.
        """
        raise UserError(f"Generators of {self.name} cannot be exported yet.")

    def further_networks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the layers of networks beside those of the GAN, by name, see `networks.description.describe`."""
        return {}
