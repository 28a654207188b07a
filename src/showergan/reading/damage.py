"""What the libraries that read files raise about damaged ones, and what a file can claim to hold."""

import shlex
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError

from showergan.errors import UserError

# Of files that are cut off, corrupt, encrypted, exotic, or that hold other things than they should.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError),
    *(RuntimeError, SyntaxError, TokenError, ValueError, LookupError, TypeError),
)

MOST_PACKED = 1100  # bytes that a byte of a file stands for: deflate packs 1032 at most
MOST_AT_ONCE = 2**32  # bytes of an array that is held in memory, not read some rows at a time


def in_place_of(path: Path | str, wanted: str) -> str:
    """Say what to give in place of a file that is none of these, and what mends a run that it is of."""
    return f"Give {wanted}. In a run, snakemake makes it again after: rm {shlex.quote(str(path))}"


@contextmanager
def damage(
    path: Path | str,
    problem: str,
    remedy: str,
    raised: tuple[type[Exception], ...] = DAMAGE,
) -> Iterator[None]:
    """Turn what a library raises about a file into a `UserError`.

    Args:
        path: of the file.
        problem: what the message says of one that cannot be read: it "is no HDF5 file".
        remedy: what to do.
        raised: by the library.

    Raises:
        UserError: there is no such file, or it cannot be read.
    """
    if not Path(path).is_file():
        raise UserError(
            f"{path} {'is no file' if Path(path).exists() else 'does not exist'}. {remedy}"
        )
    try:
        yield
    except UserError as error:
        if str(path) in str(error):
            raise
        raise UserError(f"{path}: {error}") from error
    except raised as error:
        said = str(error).split("\n", 1)[0] or type(error).__name__
        raise UserError(f"{path} {problem} ({said}). {remedy}") from error


def refuse_claim(path: Path | str, name: str, n_bytes: int, stored: int) -> None:
    """Refuse an array whose size no file of this size can hold, before memory is taken for it.

    Args:
        path: of the file.
        name: of the array.
        n_bytes: that the array says it has.
        stored: bytes that it is read from, or those of the whole file.

    Raises:
        UserError: it claims too much.
    """
    if n_bytes > MOST_PACKED * stored:
        raise UserError(
            f"{path}: {name} claims {n_bytes} bytes and is stored in {stored} at most, which nothing packs so well: it "
            "is damaged or made to fill memory. Download or write the file again."
        )
