"""Pictures, what they are made for, which is a class or nothing, and their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.io.files import atomic_write
from showergan.tasks.images.samples import Samples


class OneHot(NamedTuple):
    """The classes that pictures are made for.

    Attributes:
        one_hot: 1 in the column of the class, 0 elsewhere, shape (n, k); (n, 0) where none is asked for.
    """

    one_hot: NDArray[np.float32]

    @classmethod
    def of(cls, conditions: NDArray[np.float32]) -> "OneHot":
        """Return what conditions, shape (n, k), say."""
        return cls(conditions)

    @classmethod
    def labelled(cls, label: NDArray[np.int64], k: int) -> "OneHot":
        """Return the classes with these numbers, shape (n,), of k."""
        return cls((label[:, None] == np.arange(k)).astype(np.float32))

    @property
    def conditions(self) -> NDArray[np.float32]:
        """The same, shape (n, k)."""
        return self.one_hot


@dataclass(frozen=True)
class AsTheyAre:
    """From classes to the conditions of a network."""

    def of(self, one_hot: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the same, shape (n, k)."""
        return one_hot


@dataclass(frozen=True)
class Pictures:
    """Pictures and the classes that they were made for.

    Attributes:
        image: shape (n, c, h, w), float32, -1 black, 1 white; of a generator also beyond.
        one_hot: see `OneHot`.
    """

    image: NDArray[np.float32]
    one_hot: NDArray[np.float32]

    @classmethod
    def of(
        cls, image: NDArray[np.float32], label: NDArray[np.int64], samples: Samples
    ) -> "Pictures":
        """Return pictures of a data set, with the classes that can be asked for."""
        return cls(image, OneHot.labelled(label, len(samples.asked)).one_hot)

    def __len__(self) -> int:
        return len(self.image)

    @property
    def given(self) -> OneHot:
        """What they were made for."""
        return OneHot(self.one_hot)

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> "Pictures":
        """Return those at `index`: a slice, a boolean mask (n,) or integer positions."""
        return Pictures(self.image[index], self.one_hot[index])


def from_bytes(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pictures from -1 to 1 of such from 0 to 255."""
    return image.astype(np.float32) / np.float32(127.5) - 1


def clipped(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return pictures from -1 to 1; what is not a number stays so."""
    return np.clip(image, -1, 1)


def to_bytes(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return pictures from 0 to 255 of such from -1 to 1; what is not a number is black."""
    return np.nan_to_num((clipped(image) + 1) * 127.5, nan=0).round().astype(np.uint8)


def write_pictures(out: Path, chunks: Iterable[Pictures], origin: dict[str, Any]) -> None:
    """Write pictures from 0 to 255, shape (n, c, h, w), and their classes as npz, or by the suffix as HDF5.

    They fit into memory; HDF5 has attributes of their origin.
    """
    parts = [(to_bytes(chunk.image), chunk.one_hot) for chunk in chunks]
    image, one_hot = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    arrays = {"image": image, **({"label": one_hot.argmax(axis=1)} if one_hot.size else {})}
    with atomic_write(out) as temporary:
        if out.suffix == ".npz":
            with temporary.open("wb") as stream:
                np.savez_compressed(stream, allow_pickle=False, **arrays)
        else:
            with h5py.File(temporary, "w") as file:
                for name, values in arrays.items():
                    file[name] = values
                file.attrs.update(task="images", showergan_version=showergan.__version__, **origin)
