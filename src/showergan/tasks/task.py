"""Tasks: the functions that steps and evaluation call, for samples of any kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from showergan.config.networks import GeneratorNetwork, Shape
from showergan.config.tasks.spec import TaskSpec
from showergan.errors import UserError
from showergan.metrics.features import Features, ReferenceStatistics
from showergan.metrics.metric import Registry
from showergan.tasks.data_set import Split

Repeat = Callable[[Any, int], Iterator[Any]]
"""Makes other real samples for the same conditions, from conditions and a random seed."""


@dataclass(frozen=True)
class Missing:
    """In place of a function that a task does not have; the text has {} where the name of the task stands."""

    text: str
    task: str = ""

    def __call__(self, *given: Any, **_: Any) -> NoReturn:
        """Raise a `UserError` with the text, after the path that the function is given, if any."""
        paths = "".join(f"{place}: " for place in given if isinstance(place, Path))
        raise UserError(paths + self.text.format(self.task))


@dataclass(frozen=True)
class Unchanged:
    """A conditioning that gives networks the one array of conditions as it is."""

    def of(self, conditions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the same, shape (n, c)."""
        return conditions


class TrainingSet(NamedTuple):
    """The samples that a GAN is trained on.

    Attributes:
        samples: as the networks see them, shape (n, ...).
        conditions: as the networks see them, shape (n, c).
        original_conditions: those that `conditions` were made from, in their units.
        conditioning: how they were made.
    """

    samples: Tensor
    conditions: Tensor
    original_conditions: Any
    conditioning: Any

    @classmethod
    def unchanged(cls, samples: Tensor, conditions: Any) -> Self:
        """Return the training set of networks that see these samples, and their conditions as they are."""
        seen = torch.from_numpy(conditions.as_array).to(samples.device)
        return cls(samples, seen, conditions, Unchanged())


NO_FILES = Missing("samples of the task {} are not read from files.")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Task(TaskSpec):
    """The description of a task, and its functions.

    Samples, real or generated, are dataclasses with a length; `select`, of a slice, a mask or positions; the arrays of
    `sample_arrays`; and `conditions`, a named tuple of arrays with a row for each sample, which are attributes of the
    samples, too. All functions that read a file raise a `UserError` where it is unusable, and so does a function that a
    task does not have.

    Attributes:
        sample_shape: of a sample as the networks see it.
        n_conditions: numbers that the networks are conditioned on.
        start: the generator whose first weights are the floor of every metric.
        metrics: by which samples are judged.
        conditions: the class of the named tuples. Its class method `from_array` makes one of an array (n, c), its
            property `as_array` returns that array, c numbers in the order of `condition_names`.
        conditioning: the class that turns them into conditions of the networks: `of(*conditions)` returns these, shape
            (n, c). Without arguments it makes one that fits any data.
        samples_in: (path) -> the description of the samples of this data set, or of this reference, in generator files.
        varying: (samples, as `samples_in` returns them) -> attributes of the task that differ between data sets.
        write: (data, out) writes the data set as HDF5, see `showergan.tasks.data_set`; not with `own_data`.
        stream: (path, split) -> the samples of a data set, some at a time.
        training_set: (path, form, device, representation). The form is that of the conditions, "raw" or "scaled"; None
            gives a conditioning that is not fitted. The representation, a mapping or None, says how networks see
            samples, see `Data.representation`; a `UserError` refuses one that the task does not have.
        sample: (**sample_arrays) -> samples.
        to_samples: (output of a generator, conditions, conditioning, random generator of NumPy) -> samples. What is
            drawn besides the noise must not depend on how many samples are made at a time.
        check_conditions: (*values of the user) -> conditions; a `UserError` refuses impossible ones.
        read_conditions: (path or None, n or None) -> conditions in a file to generate n samples for; one for each row
            where n is None. A `UserError` where a file is needed, or none is allowed.
        write_samples: (out, n, samples some at a time, attributes of origin) writes n samples as npz, or as HDF5 with
            the attributes.
        reference_statistics: (path, recipe, device) -> the statistics of the training samples with which all samples
            are measured, and the features of the training samples. They have a method `write`, into a file of HDF5.
        read_reference_statistics: (open file of HDF5) -> the same statistics.
        features: (samples some at a time, reference statistics, embedding or None, recipe, device) -> what metrics see.
        examples: (samples some at a time) -> what figures show of them, arrays (n, ...) by name.
        read_samples: (path, mend) -> samples of a file that anybody wrote, some at a time; with `mend` impossible
            values are changed to the nearest possible ones, rather than refused.
        check_samples: (samples of the user, beginning of messages) -> the same; a `UserError` refuses impossible ones.
        reference_statistics_of: (read, recipe, device) -> reference statistics of all samples that `read()` yields,
            some at a time, whenever it is called.
        repeat: (path) -> a `Repeat`; None of a data set that cannot be simulated again.
        load_embedding: (path, device) -> the embedding, with `has_embedding`.
        standalone: (network, description of the generator) -> a module of all that stands before and after the network,
            in operations that ONNX knows, with attributes `inputs` and `output`, their names, and `example`, two rows
            of each input.
        further_networks: () -> layers of networks beside those of the GAN, by name, see `networks.description`.
    """

    sample_shape: Shape
    n_conditions: int = 0
    start: GeneratorNetwork
    metrics: Registry
    conditions: type[Any]
    conditioning: type[Any]
    samples_in: Callable[[Path], Any]
    varying: Callable[[Any], Mapping[str, Any]] = lambda samples: {}
    write: Callable[[Any, Path], None] = Missing(
        "the data set of the task {} is written by steps of its own."
    )
    stream: Callable[[Path, Split], Iterator[Any]]
    training_set: Callable[..., TrainingSet]
    sample: Callable[..., Any]
    to_samples: Callable[[Tensor, Any, Any, np.random.Generator], Any]
    check_conditions: Callable[..., Any]
    read_conditions: Callable[[Path | None, int | None], Any]
    write_samples: Callable[[Path, int, Iterable[Any], dict[str, Any]], None]
    reference_statistics: Callable[..., tuple[Any, Features]]
    read_reference_statistics: Callable[[h5py.File], Any]
    features: Callable[..., Features]
    examples: Callable[[Iterable[Any]], dict[str, np.ndarray]]
    read_samples: Callable[..., Iterator[Any]] = NO_FILES
    check_samples: Callable[[Any, str], Any] = lambda samples, where: samples
    reference_statistics_of: Callable[..., ReferenceStatistics] = NO_FILES
    repeat: Callable[[Path], Repeat | None] = lambda path: None
    load_embedding: Callable[..., Any] = Missing("samples of the task {} have no embedding.")
    standalone: Callable[..., Any] = Missing("Generators of the task {} cannot be exported.")
    further_networks: Callable[[], dict[str, list[dict[str, Any]]]] = dict

    def __post_init__(self) -> None:
        for name, function in vars(self).items():
            if isinstance(function, Missing):
                object.__setattr__(self, name, replace(function, task=self.name))

    def of(self, samples: Any) -> Self:
        """Return the task for samples as a generator file describes them, see `samples_in`."""
        return replace(self, **self.varying(samples))
