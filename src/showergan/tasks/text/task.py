"""Text as a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import model_validator
from torch import Tensor
from torch.nn import functional

from showergan.config.evaluation import Evaluation
from showergan.config.networks import TextGenerator
from showergan.config.section import Section
from showergan.io.hdf5 import opened_hdf5, text_of
from showergan.metrics.features import Features
from showergan.metrics.registry import Registry
from showergan.tasks.splits import Split
from showergan.tasks.task import TrainingSet
from showergan.tasks.text import dataset
from showergan.tasks.text.data import LENGTH, REPLACEMENT, TextData
from showergan.tasks.text.lines import NO_CHARACTER, Lines, write_lines
from showergan.tasks.text.metrics import METRICS
from showergan.tasks.text.reference_statistics import TextReferenceStatistics, features_of
from showergan.tasks.unconditional import UnconditionalTask


class Samples(Section):
    """What is generated: a probability of each character of an alphabet at each position; the likeliest is taken."""

    quantity: Literal["character"] = "character"
    unit: Literal[""] = ""
    alphabet: str = REPLACEMENT
    shape: tuple[int, int] = (LENGTH, 1)
    transform: Literal["one_hot"] = "one_hot"
    inverse: Literal["argmax"] = "argmax"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.shape != (LENGTH, len(self.alphabet)):
            raise ValueError(f"shape = {self.shape} does not fit an alphabet of {self.alphabet!r}")
        return self


class TextTask(UnconditionalTask):
    """Lines of 32 characters of an alphabet, made for nothing."""

    name = "text"
    about = (
        "GANs learn lines of 32 characters of a text. The score is PRD-AUC, the area under the "
        "curve of precision and recall of distributions, of single characters (1-grams) and of "
        "pairs of neighbours (2-grams)."
    )
    data = TextData
    scores = ("1-grams", "2-grams")
    choose_by = "2-grams"
    samples = Samples
    sample_arrays = ("code",)
    n_examples = 64
    pictures_of = "every"
    start = TextGenerator(dim=64)

    def __init__(self, alphabet: str = REPLACEMENT) -> None:
        self.alphabet = alphabet
        self.sample_shape = LENGTH, len(alphabet)

    def samples_in(self, path: Path) -> Samples:
        """Return the alphabet of a data set or a reference, and the shape that follows of it."""
        with opened_hdf5(path) as file:
            alphabet = text_of(file, "alphabet")
        return Samples(alphabet=alphabet, shape=(LENGTH, len(alphabet)))

    def of(self, samples: Samples) -> TextTask:
        """Return the task for an alphabet."""
        return TextTask(samples.alphabet)

    def write(self, data: TextData, out: Path) -> None:
        """Cut and split the text."""
        dataset.write(data, out)

    @property
    def metrics(self) -> Registry:
        """What lines are judged by."""
        return METRICS

    def stream(self, path: Path, split: Split) -> Iterator[Lines]:
        """Read lines, all at once."""
        yield dataset.load(path, split)

    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        """Return lines one-hot, shape (n, 32, alphabet); there is nothing that could have a form."""
        lines = dataset.load(path, "train")
        code = torch.from_numpy(lines.code).to(device).long()
        samples = functional.one_hot(code, len(self.alphabet)).float()
        conditions = torch.from_numpy(lines.given.conditions).to(device)
        return TrainingSet(samples, conditions, lines.given, self.conditioning())

    def sample(self, **arrays: NDArray[Any]) -> Lines:
        """Return lines."""
        return Lines(**arrays)

    def made(
        self, output: Tensor, given: Any, conditioning: Any, random: np.random.Generator
    ) -> Lines:
        """Return the likeliest character at each position."""
        code = output.argmax(2).masked_fill(~output.isfinite().all(2), NO_CHARACTER)
        return Lines(code.to(torch.uint8).cpu().numpy())

    def write_samples(
        self, out: Path, n: int, chunks: Iterable[Lines], origin: dict[str, Any]
    ) -> None:
        """Write lines."""
        write_lines(out, self.alphabet, chunks, origin)

    def reference_statistics(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[TextReferenceStatistics, Features]:
        """Return the alphabet."""
        return TextReferenceStatistics(self.alphabet), features_of(self.stream(path, "train"))

    def read_reference_statistics(self, file: h5py.File) -> TextReferenceStatistics:
        """Read it from the file of a reference."""
        return TextReferenceStatistics.read(file)

    def features(
        self,
        samples: Iterable[Lines],
        reference_statistics: TextReferenceStatistics,
        embedding: Any,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return the n-grams of lines."""
        return features_of(samples)

    def pictures(self, samples: Iterable[Lines]) -> dict[str, NDArray[Any]]:
        """Return their texts."""
        texts = [line for sample in samples for line in sample.texts(self.alphabet)]
        return {"line": np.array(texts)}


TASK = TextTask()
