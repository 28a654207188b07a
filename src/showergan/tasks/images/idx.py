"""Images and labels in MNIST's format (LeCun, Cortes & Burges 1998): a magic number, sizes, then bytes."""

import gzip
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.damage import damage, refuse_claim
from showergan.tasks.images.source import CHUNK, Chunk, Source, resized

GZIP = b"\x1f\x8b"
MOST_PIXELS = 2**26  # of an image: beyond, the sizes in the header are taken for damaged


def idx(path: Path, labels: Path | None, size: int | None) -> Source:
    """Return the images of a file and the classes that a second one gives them; both may be compressed by gzip.

    Without labels there are no classes. The size is that of a side in pixels; None: as they are.

    Raises:
        UserError: a file is missing, of another format, or too short or long; the numbers of the two differ.
    """
    sizes = n, height, width = _sizes(path, 3)
    if not 0 < height * width <= MOST_PIXELS:
        raise UserError(f"{path}: images of {height} x {width} pixels cannot be: it is damaged")
    refuse_claim(path, "its header", math.prod(sizes), path.stat().st_size)
    label = np.zeros(n, np.int64)
    classes: tuple[str, ...] = ()
    if labels:
        (n_labels,) = _sizes(labels, 1)
        if n_labels != n:
            raise UserError(f"{labels} has {n_labels} labels, and {path} {n} images")
        read = [np.empty(0, np.uint8), *_rows(labels, (n,))]
        values, label = np.unique(np.concatenate(read), return_inverse=True)
        classes = tuple(map(str, values))
    return Source((1, size or height, size or width), classes, _chunks(path, sizes, label, size))


def _chunks(
    path: Path, sizes: tuple[int, ...], label: NDArray[np.int64], size: int | None
) -> Iterator[Chunk]:
    first = 0
    for images in _rows(path, sizes):
        if size:
            images = np.stack([resized(image, size) for image in images])
        yield Chunk(images[:, None], label[first : first + len(images)])
        first += len(images)


def _sizes(path: Path, n_axes: int) -> tuple[int, ...]:
    """Return the length of each axis, as the header says."""
    what = {1: "labels", 3: "images"}[n_axes]
    with _opened(path) as file:
        header = file.read(4 + 4 * n_axes)
    # Two zeros, the kind of the numbers (8: unsigned bytes) and the number of axes.
    magic = bytes([0, 0, 8, n_axes])
    if header[:4] != magic:
        raise UserError(
            f"{path}: no idx file of {what}: it begins with 0x{header[:4].hex()}, not 0x{magic.hex()}"
        )
    if len(header) < 4 + 4 * n_axes:
        raise UserError(f"{path}: its header of {4 + 4 * n_axes} bytes is cut off")
    return struct.unpack(f">{n_axes}I", header[4:])


def _rows(path: Path, sizes: tuple[int, ...]) -> Iterator[NDArray[np.uint8]]:
    """Yield the bytes after the header, shape (m, *sizes[1:]), some rows at a time."""
    n, *shape = sizes
    width = math.prod(shape)
    with _opened(path) as file:
        file.read(4 + 4 * len(sizes))
        size = min(CHUNK, MOST_PIXELS // width)
        for first in range(0, n, size):
            wanted = min(size, n - first)
            read = file.read(wanted * width)
            if len(read) < wanted * width:
                raise UserError(f"{path}: cut off after {first + len(read) // width} of {n}")
            yield np.frombuffer(read, np.uint8).reshape(wanted, *shape)
        if file.read(1):
            raise UserError(f"{path}: has more bytes than its header says")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with damage(path, "cannot be read", "Give a file of MNIST's format."):
        with path.open("rb") as file:
            packed = file.read(2) == GZIP
        with cast(BinaryIO, gzip.open(path)) if packed else path.open("rb") as file:
            yield file
