"""Text as a task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from showergan.config.networks import TextGenerator
from showergan.config.tasks.text import SPEC, Samples
from showergan.io.hdf5 import text_of
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.task import Task, TrainingSet
from showergan.tasks.text.dataset import (
    NO_CHARACTER,
    Lines,
    load,
    opened,
    samples_in,
    stream,
    write,
    write_lines,
)
from showergan.tasks.text.metrics import METRICS, NGRAMS, ngrams
from showergan.tasks.unconditional import unconditional


@dataclass(frozen=True)
class Alphabet(ReferenceStatistics):
    """The alphabet of the training text, a character for each code."""

    characters: str

    @property
    def summary(self) -> str:
        """The number of characters."""
        return f"An alphabet of {len(self.characters)} characters"

    def spaces(self, features: Features) -> Mapping[str, NDArray[Any]]:
        """Return the n-grams of which there are few enough to compare one by one."""
        return {name: features.spaces[name] for name in METRICS.points}

    def write(self, file: h5py.File) -> None:
        """Write it into the file of a reference."""
        file.attrs["alphabet"] = self.characters

    @classmethod
    def read(cls, file: h5py.File) -> "Alphabet":
        """Read it from a reference or a data set."""
        return cls(text_of(file, "alphabet"))


def features(chunks: Iterable[Lines], *_: Any) -> Features:
    """Return the features of lines: their n-grams are the spaces, and they have no quantities."""
    code = np.concatenate([chunk.code for chunk in chunks])
    nothing = np.empty((len(code), 0), np.float32)
    broken = int((code == NO_CHARACTER).any(axis=1).sum())
    spaces = {name: ngrams(code, n) for name, n in NGRAMS.items()}
    return Features(spaces, {}, nothing, {NOT_FINITE: broken}, {})


def reference_statistics(path: Path, *_: Any) -> tuple[Alphabet, Features]:
    """Return the alphabet, and the features of the training lines."""
    with opened(path) as file:
        alphabet = Alphabet.read(file)
    return alphabet, features(stream(path, "train"))


def training_set(path: Path, form: Any, device: torch.device, *_: Any) -> TrainingSet:
    """Return lines one-hot, shape (n, 32, size of the alphabet); they have no conditions."""
    lines = load(path, "train")
    n_characters = len(samples_in(path).alphabet)
    code = torch.from_numpy(lines.code).to(device).long()
    samples = functional.one_hot(code, n_characters).float()
    return TrainingSet.unchanged(samples, lines.conditions)


def to_lines(output: Tensor, *_: Any) -> Lines:
    """Return the likeliest character at each position of the output of a generator, shape (n, 32, characters)."""
    code = output.argmax(2).masked_fill(~output.isfinite().all(2), NO_CHARACTER)
    return Lines(code.to(torch.uint8).cpu().numpy())


def examples(alphabet: str, samples: Iterable[Lines]) -> dict[str, NDArray[Any]]:
    """Return the texts of lines."""
    return {"line": np.array([line for sample in samples for line in sample.texts(alphabet)])}


def of_alphabet(samples: Samples) -> dict[str, Any]:
    """Return the attributes of the task that depend on the alphabet."""
    return {
        "sample_shape": samples.shape,
        "write_samples": partial(write_lines, samples.alphabet),
        "examples": partial(examples, samples.alphabet),
    }


TASK = Task(
    **vars(SPEC),
    **unconditional(SPEC.name),
    **of_alphabet(Samples()),
    varying=of_alphabet,
    start=TextGenerator(dim=64),
    metrics=METRICS,
    samples_in=samples_in,
    write=write,
    stream=stream,
    training_set=training_set,
    sample=Lines,
    to_samples=to_lines,
    reference_statistics=reference_statistics,
    read_reference_statistics=Alphabet.read,
    features=features,
)
