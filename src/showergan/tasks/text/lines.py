"""Lines of characters, and their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.io.files import atomic_write
from showergan.tasks.no_conditions import Nothing

NO_CHARACTER = 255  # where a generator gives no probabilities, but values that are not numbers


@dataclass(frozen=True)
class Lines:
    """Lines of one length.

    Attributes:
        code: places of the characters in the alphabet, or `NO_CHARACTER`, shape (n, length), uint8.
    """

    code: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.code)

    @property
    def given(self) -> Nothing:
        """What they were made for."""
        return Nothing.times(len(self))

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> "Lines":
        """Return the lines at `index`: a slice, a boolean mask (n,) or integer positions."""
        return Lines(self.code[index])

    def texts(self, alphabet: str) -> list[str]:
        """Return them as texts; what is no character is ⊥."""
        characters = dict(enumerate(alphabet)) | {NO_CHARACTER: "\N{UP TACK}"}
        return ["".join(map(characters.__getitem__, line)) for line in self.code.tolist()]


def write_lines(out: Path, alphabet: str, chunks: Iterable[Lines], origin: dict[str, Any]) -> None:
    """Write lines as npz, the texts themselves, or by the suffix as HDF5 with the alphabet and their origin."""
    lines = Lines(np.concatenate([chunk.code for chunk in chunks]))
    with atomic_write(out) as temporary:
        if out.suffix == ".npz":
            with temporary.open("wb") as stream:
                np.savez_compressed(stream, line=np.array(lines.texts(alphabet)))
        else:
            with h5py.File(temporary, "w") as file:
                file["code"] = lines.code
                version = showergan.__version__
                file.attrs.update(
                    task="text", alphabet=alphabet, showergan_version=version, **origin
                )
