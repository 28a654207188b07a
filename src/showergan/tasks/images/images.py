"""Images, the classes that they have, and their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.damage import damage
from showergan.io.tables import read_texts
from showergan.tasks.data_set import Rows, write_arrays


class OneHot(NamedTuple):
    """The conditions of images: their classes.

    Attributes:
        one_hot: 1 in the column of the class, 0 elsewhere, shape (n, k); (n, 0) where images have no conditions.
    """

    one_hot: NDArray[np.float32]

    @classmethod
    def from_array(cls, conditions: NDArray[np.float32]) -> "OneHot":
        """Return the classes of an array (n, k)."""
        return cls(conditions)

    @classmethod
    def labelled(cls, label: NDArray[np.int64], k: int) -> "OneHot":
        """Return the classes with these numbers, shape (n,), of k."""
        return cls((label[:, None] == np.arange(k)).astype(np.float32))

    @property
    def as_array(self) -> NDArray[np.float32]:
        """The same, shape (n, k)."""
        return self.one_hot


@dataclass(frozen=True)
class Images(Rows):
    """Images and the classes that they were made for.

    Attributes:
        image: shape (n, c, h, w), float32, -1 black, 1 white; generated ones may be beyond.
        one_hot: see `OneHot`.
    """

    image: NDArray[np.float32]
    one_hot: NDArray[np.float32]

    @property
    def conditions(self) -> OneHot:
        """Their classes."""
        return OneHot(self.one_hot)


def from_bytes(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images with values from 0 to 255 as images from -1 to 1."""
    return image.astype(np.float32) / np.float32(127.5) - 1


def clipped(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return images from -1 to 1; what is not a number stays so."""
    return np.clip(image, -1, 1)


def to_bytes(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return images from -1 to 1 as images from 0 to 255; what is not a number is black."""
    return np.nan_to_num((clipped(image) + 1) * 127.5, nan=0).round().astype(np.uint8)


def write_images(out: Path, n: int, chunks: Iterable[Images], origin: dict[str, Any]) -> None:
    """Write n images from 0 to 255, shape (n, c, h, w), and their classes as npz, or by the suffix as HDF5.

    They fit into memory; HDF5 has attributes of their origin.
    """
    parts = [(to_bytes(chunk.image), chunk.one_hot) for chunk in chunks]
    image, one_hot = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    label = {"label": one_hot.argmax(axis=1)} if one_hot.size else {}
    write_arrays(out, {"image": image, **label}, "images", origin)


def check_classes(classes: tuple[str, ...], *values: Any) -> OneHot:
    """Return the classes named in one array, one for each image; without an array any image, once.

    Raises:
        UserError: there are no classes, some must be given, one is unknown, or there are several arrays.
    """
    if len(values) > 1:
        raise UserError(f"Give the classes in one array, not in {len(values)}.")
    names = values[0] if values else None
    if not classes:
        if names is not None:
            raise UserError("This generator makes images of no class: give their number n alone.")
        return OneHot(np.empty((1, 0), np.float32))
    known = ", ".join(classes)
    if names is None:
        raise UserError(f"This generator makes images of a class: ask for some of {known}.")
    texts = [str(name) for name in np.atleast_1d(np.asarray(names))]
    if unknown := sorted(set(texts) - set(classes)):
        raise UserError(f"There is no class {', '.join(unknown[:5])}; there are {known}.")
    label = np.array([classes.index(text) for text in texts], np.int64)
    return OneHot.labelled(label, len(classes))


def read_classes(classes: tuple[str, ...], path: Path | None, n: int | None) -> OneHot:
    """Return the classes in the column `label` of a table; where there are no classes, any image, n times.

    Raises:
        UserError: the file cannot be read or has no such column, or see `check_classes`.
    """
    if not classes:
        if path is not None or n is None:
            raise UserError(
                "This generator makes images of no class: give --n and no --conditions."
            )
        return OneHot(np.empty((n, 0), np.float32))
    remedy = f"Give a CSV file with a column label of classes: {', '.join(classes)}."
    if path is None:
        raise UserError(f"--conditions: {remedy}")
    table = read_texts(path, ("label",), remedy)
    if table.empty:
        raise UserError(f"{path} has no rows. {remedy}")
    with damage(path, "asks for no such classes", remedy):
        return check_classes(classes, table["label"])
