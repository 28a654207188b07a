"""What lines are measured with, and what metrics see of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.io.hdf5 import text_of
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.tasks.text.lines import NO_CHARACTER, Lines
from showergan.tasks.text.metrics import METRICS
from showergan.tasks.text.ngrams import NGRAMS, ngrams


@dataclass(frozen=True)
class TextReferenceStatistics(ReferenceStatistics):
    """The alphabet of the training text.

    Attributes:
        alphabet: a character for each code.
    """

    alphabet: str

    @property
    def summary(self) -> str:
        """How many characters there are."""
        return f"An alphabet of {len(self.alphabet)} characters"

    def spaces(self, features: Features) -> Mapping[str, NDArray[Any]]:
        """Return the n-grams of which there are few enough to compare one by one."""
        return {name: features.spaces[name] for name in METRICS.points}

    def write(self, file: h5py.File) -> None:
        """Keep it in the file of a reference."""
        file.attrs["alphabet"] = self.alphabet

    @classmethod
    def read(cls, file: h5py.File) -> "TextReferenceStatistics":
        """Read it from there, or from a data set."""
        return cls(text_of(file, "alphabet"))


def features_of(chunks: Iterable[Lines]) -> Features:
    """Return the features of lines: their n-grams are the spaces, and they have no quantities."""
    code = np.concatenate([chunk.code for chunk in chunks])
    nothing = np.empty((len(code), 0), np.float32)
    broken = int((code == NO_CHARACTER).any(axis=1).sum())
    spaces = {name: ngrams(code, n) for name, n in NGRAMS.items()}
    return Features(spaces, {}, nothing, {NOT_FINITE: broken}, {})
