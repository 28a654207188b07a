"""An npz file read row by row; every kind of damage becomes a `UserError`."""

import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any, NamedTuple, NoReturn

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from showergan.errors import UserError

_HEADER_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}

_SAVE_NUMBERS = "Save it as an array of integers or floating-point numbers"

# What zipfile, zlib and numpy raise on files that are cut off, corrupt, encrypted or exotic.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
    TokenError,
    ValueError,
)


class Header(NamedTuple):
    """Shape and type of an array in the archive."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]


class Archive:
    """An open npz file of numeric arrays, stored or deflated; nothing is ever unpickled."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            UserError: If it is missing, a directory, empty, or no complete zip archive.
        """
        self._path = path
        if not path.exists():
            raise UserError(f"{path} does not exist. Give the path of an npz file.")
        if path.is_dir():
            raise UserError(f"{path} is a directory. Give the path of an npz file.")
        if path.stat().st_size == 0:
            raise UserError(f"{path} is empty. Download or write it again.")
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise UserError(
                f"{path} is no npz file, or is cut off ({error}). Download or write it again."
            ) from error

    @property
    def keys(self) -> list[str]:
        """The names of the arrays."""
        return [name.removesuffix(".npy") for name in self._zip.namelist()]

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def header(self, key: str) -> Header:
        """Return shape and type of an array without reading it.

        Raises:
            UserError: If it is missing, not numeric, damaged, or longer or shorter than it says.
        """
        with self._member(key) as (_, header):
            return header

    def read(self, key: str) -> NDArray[Any]:
        """Return a whole array; errors as for `header`."""
        with self._member(key) as (stream, header):
            content = stream.read()
        values = np.frombuffer(content, header.dtype)
        if header.fortran_order:
            return values.reshape(header.shape[::-1]).T
        return values.reshape(header.shape)

    def rows(self, key: str, size: int) -> Iterator[NDArray[Any]]:
        """Yield an array in C order `size` rows at a time (the last block may be shorter).

        Raises:
            UserError: As for `header`, and with the last block if the content fails its checksum.
        """
        with self._member(key) as (stream, header):
            n, *tail = header.shape
            for first in range(0, n, size):
                block = np.empty((min(size, n - first), *tail), header.dtype)
                flat = block.reshape(-1).view(np.uint8)
                if stream.readinto(flat.data) != flat.size:  # type: ignore[attr-defined]
                    raise EOFError("content ends early")
                yield block

    @contextmanager
    def _member(self, key: str) -> Iterator[tuple[IO[bytes], Header]]:
        """Open an array: its header, and the stream at the first byte of its content."""
        if key not in self.keys:
            held = ", ".join(self.keys) or "no arrays"
            self.fail(key, f"is missing; the file has {held}", f"Save an array named {key}")
        try:
            with self._zip.open(f"{key}.npy") as stream:
                yield stream, self._read_header(key, stream)
        except _DAMAGE as error:
            raise UserError(
                f"{self._path}: {key} is damaged ({error}). Download or write the file again."
            ) from error

    def _read_header(self, key: str, stream: IO[bytes]) -> Header:
        version = npy.read_magic(stream)
        if version not in _HEADER_READERS:  # only structured arrays need a later version
            self.fail(key, f"is a structured array (npy version {version})", _SAVE_NUMBERS)
        header = Header(*_HEADER_READERS[version](stream))
        if header.dtype.hasobject:
            self.fail(key, "holds pickled objects, which could run code", _SAVE_NUMBERS)
        if header.dtype.kind not in "fiu":
            self.fail(key, f"has type {header.dtype}", _SAVE_NUMBERS)
        announced = math.prod(header.shape) * header.dtype.itemsize
        found = self._zip.getinfo(f"{key}.npy").file_size - stream.tell()
        if announced != found:
            raise EOFError(f"{announced} bytes announced, {found} found")
        return header

    def fail(self, key: str, problem: str, remedy: str) -> NoReturn:
        """Raise the `UserError` that names the file, the array, the problem and the remedy."""
        raise UserError(f"{self._path}: {key} {problem}. {remedy}.")
