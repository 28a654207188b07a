"""HDF5 files of this package: checked for links to other files, and for sizes that no file can hold."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from showergan.errors import UserError
from showergan.io.damage import damage, in_place_of, refuse_claim


@contextmanager
def opened_hdf5(path: Path, remedy: str | None = None) -> Iterator[h5py.File]:
    """Open a file that this package wrote, and check every array and link.

    Raises:
        UserError: it is missing or damaged, or something in it leads to another file or claims too much; also where
            the body of the context meets damage, or misses an array.
    """
    remedy = remedy or in_place_of(path, "a file that showergan wrote")
    with damage(path, "is no HDF5 file or is damaged", remedy), h5py.File(path) as file:
        items: list[tuple[str, Any]] = []
        file.visititems(lambda *item: items.append(item))
        outer = file.visititems_links(
            lambda name, link: None if isinstance(link, h5py.HardLink) else name
        )
        if outer:
            raise UserError(f"{path}: {outer} is a link to elsewhere. {remedy}")
        for name, item in items:
            if isinstance(item, h5py.Dataset):
                check_dataset(path, name, item)
        yield file


def check_dataset(path: Path, name: str, values: h5py.Dataset) -> None:
    """Refuse an array that is stored in other files, or claims too much.

    Raises:
        UserError: it is one of these.
    """
    if values.is_virtual or values.external:
        raise UserError(f"{path}: {name} lies in other files. Give a file that holds all itself.")
    claimed = math.prod(values.shape) * values.dtype.itemsize
    refuse_claim(path, name, claimed, path.stat().st_size)


def text_of(file: h5py.File, name: str) -> str:
    """Return a text attribute.

    Raises:
        TypeError: it is something else.
    """
    text = file.attrs[name]
    if not isinstance(text, str):
        raise TypeError(f"{name} is no text")
    return text
