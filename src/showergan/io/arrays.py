"""Numeric arrays in npz and HDF5 files of users, read row by row; any damage becomes a `UserError`."""

import math
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import h5py
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.damage import DAMAGE, MOST_AT_ONCE, damage, refusal, refuse_claim
from showergan.io.hdf5 import check_dataset

NUMBERS = "fiu"  # kinds of types, as NumPy calls them

_SAVE_NUMBERS = "Save it as an array of integers or floating-point numbers"


class Header(NamedTuple):
    """Shape and type of an array."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]

    @property
    def n_bytes(self) -> int:
        """Bytes of the array."""
        return math.prod(self.shape) * self.dtype.itemsize


class Arrays(ABC):
    """An open file of numeric arrays. Methods raise a `UserError` if one is missing, not numeric or damaged."""

    kind: str
    opener: type[Any]
    keys: list[str]  # names of the arrays

    def __init__(self, path: Path, types: str) -> None:
        """Open a file whose arrays may have these kinds of types.

        Raises:
            UserError: it is missing, a directory, empty, or of another format.
        """
        self._path, self._types = path, types
        if not path.is_file():
            problem = "is a directory" if path.is_dir() else "does not exist"
            raise UserError(f"{path} {problem}. Give the path of an {self.kind}.")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty. Download or write it again.")
        problem, remedy = f"is no {self.kind}, or is cut off", "Download or write it again."
        with damage(path, problem, remedy):
            self._file = self.opener(path)
            self.keys = self._names()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def header(self, key: str) -> Header:
        """Return shape and type of an array without reading it."""
        with self._array(key) as (_, header):
            return header

    def read(self, key: str) -> NDArray[Any]:
        """Return a whole array."""
        with self._array(key) as (content, header):
            if header.n_bytes > MOST_AT_ONCE:
                self.fail(key, f"has {header.n_bytes} bytes", f"Give at most {MOST_AT_ONCE}")
            return self._whole(content, header)

    @abstractmethod
    def rows(self, key: str, size: int) -> Iterator[NDArray[Any]]:
        """Yield an array in C order `size` rows at a time (the last block may be shorter)."""

    def fail(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Raise the `UserError` that names the file, the array, the problem and the remedy."""
        raise UserError(f"{self._path}: {key} {problem}. {remedy}.")

    @contextmanager
    def _array(self, key: str) -> Iterator[tuple[Any, Header]]:
        """Open an array: what its content is read from, and its header."""
        if key not in self.keys:
            held = ", ".join(self.keys) or "no arrays"
            self.fail(key, f"is missing; the file has {held}", f"Save an array named {key}")
        try:
            with self._content(key) as (content, header):
                if header.dtype.kind not in self._types:
                    self.fail(key, f"has type {header.dtype}", _SAVE_NUMBERS)
                yield content, header
        except DAMAGE as error:
            remedy = "Download or write the file again."
            raise refusal(f"{self._path}: {key}", "is damaged", error, remedy) from error

    @abstractmethod
    def _names(self) -> list[str]: ...

    @abstractmethod
    def _content(self, key: str) -> AbstractContextManager[tuple[Any, Header]]: ...

    @abstractmethod
    def _whole(self, content: Any, header: Header) -> NDArray[Any]: ...


class _Hdf5(Arrays):
    kind, opener = "HDF5 file", h5py.File

    def _names(self) -> list[str]:
        """Return also those in groups; what a link leads to is in none."""
        within: list[str] = []
        self._file.visititems(
            lambda name, item: within.append(name) if isinstance(item, h5py.Dataset) else None
        )
        return list(dict.fromkeys([*self._file, *within]))

    def _whole(self, content: Any, header: Header) -> NDArray[Any]:
        return np.asarray(content[()])

    def rows(self, key: str, size: int) -> Iterator[NDArray[Any]]:
        with self._array(key) as (values, header):
            for first in range(0, header.shape[0], size):
                yield values[first : first + size]

    @contextmanager
    def _content(self, key: str) -> Iterator[tuple[Any, Header]]:
        if not isinstance(self._file.get(key, getlink=True), h5py.HardLink):
            self.fail(key, "is a link to elsewhere", _SAVE_NUMBERS)
        values = self._file[key]
        if not isinstance(values, h5py.Dataset):
            self.fail(key, "is a group", _SAVE_NUMBERS)
        check_dataset(self._path, key, values)
        yield values, Header(values.shape, False, values.dtype)


class _Npz(Arrays):
    """Arrays stored or deflated; nothing is ever unpickled.

    Content that is longer or shorter than announced, or fails its checksum, is damage.
    """

    kind, opener = "npz file", zipfile.ZipFile

    def _names(self) -> list[str]:
        return [name.removesuffix(".npy") for name in self._file.namelist()]

    def _whole(self, content: Any, header: Header) -> NDArray[Any]:
        values = np.frombuffer(content.read(), header.dtype)
        if header.fortran_order:
            return values.reshape(header.shape[::-1]).T
        return values.reshape(header.shape)

    def rows(self, key: str, size: int) -> Iterator[NDArray[Any]]:
        with self._array(key) as (stream, header):
            n, *tail = header.shape
            for first in range(0, n, size):
                block = np.empty((min(size, n - first), *tail), header.dtype)
                flat = block.reshape(-1).view(np.uint8)
                if stream.readinto(flat.data) != flat.size:
                    raise EOFError("content ends early")
                yield block

    @contextmanager
    def _content(self, key: str) -> Iterator[tuple[IO[bytes], Header]]:
        with self._file.open(f"{key}.npy") as stream:
            version = npy.read_magic(stream)
            if version not in [(1, 0), (2, 0), (3, 0)]:
                problem = f"is written in npy format {version[0]}.{version[1]}, which is not known"
                self.fail(key, problem, _SAVE_NUMBERS)
            # Version 3 differs from 2 by other letters in names of fields, which numbers lack.
            first = version == (1, 0)
            read = npy.read_array_header_1_0 if first else npy.read_array_header_2_0
            header = Header(*read(stream))
            if header.dtype.hasobject:
                self.fail(key, "holds pickled objects, which could run code", _SAVE_NUMBERS)
            member = self._file.getinfo(f"{key}.npy")
            found = member.file_size - stream.tell()
            if header.n_bytes != found:
                raise EOFError(f"{header.n_bytes} bytes announced, {found} found")
            stored = min(member.compress_size, self._path.stat().st_size)
            refuse_claim(self._path, key, header.n_bytes, stored)
            yield stream, header


def opened_arrays(path: Path, types: str = NUMBERS) -> Arrays:
    """Open a file in the format of its content; the suffix decides about a file that is neither."""
    hdf5 = h5py.is_hdf5(path) or path.suffix in (".h5", ".hdf5")
    return (_Hdf5 if hdf5 else _Npz)(path, types)


def first_rows(rows: NDArray[np.integer]) -> str:
    """Return text that names the first five of some row numbers, which count from 0."""
    return f"rows {', '.join(map(str, rows[:5]))}" + ", ..." * (len(rows) > 5)
