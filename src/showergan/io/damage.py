"""Messages about damaged files in place of errors of libraries; limits on the sizes that a file can claim."""

import errno
import json
import shlex
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tokenize import TokenError

from showergan.errors import UserError

# Raised for files that are cut off, corrupt, encrypted, exotic, or that hold other things than they should.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError),
    *(RuntimeError, SyntaxError, TokenError, ValueError, LookupError, TypeError),
)

_LOCKED = {errno.EAGAIN, errno.EWOULDBLOCK}  # HDF5 finds a file locked
_UNREADABLE = {  # now, or for this user
    *(errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
    *(errno.ESTALE, errno.ETIMEDOUT),
}
_PACKED = ("plugin", "filter", "compression method")  # words of HDF5 and zipfile

MOST_PACKED = 1100  # bytes that a byte of a file stands for: deflate packs 1032 at most
MOST_AT_ONCE = 2**32  # bytes of an array that is held in memory, not read some rows at a time


def in_place_of(path: Path | str, wanted: str) -> str:
    """Return what to do about a wrong file: give `wanted`, or, of a file that a run made, make it again."""
    if not _is_of_a_run(Path(path)):
        return f"Give {wanted}."
    return (
        "A job made it once, and makes it again in place of this one, with the --configfile of the run if it has one: "
        f"snakemake --cores all --forcerun {shlex.quote(str(path))}"
    )


def _is_of_a_run(path: Path) -> bool:
    """Return whether a record of provenance beside a file lists it."""
    for record in path.parent.glob("*provenance.json"):
        with suppress(OSError, ValueError, LookupError, TypeError):
            if path.name in json.loads(record.read_bytes())["outputs"]:
                return True
    return False


def refusal(path: Path | str, problem: str, error: Exception, remedy: str) -> UserError:
    """Return the error for a file that a library cannot read.

    `problem` and `remedy` are those of a damaged file, see `damage`; where the cause is not the file itself, the remedy
    is another one, for then nothing is to be made again.
    """
    said = str(error).split("\n", 1)[0] or type(error).__name__
    number = getattr(error, "errno", None)
    if number in _LOCKED:
        problem = "is open in another program, which may be writing it"
        remedy = "Close that one and call again."
    elif number in _UNREADABLE:
        problem = "cannot be read"
        remedy = "The file itself may be as it should: mend that and call again."
    elif any(word in said for word in _PACKED):
        problem = "is packed in a way that is not known here"
        remedy = (
            "Write it again without compression or with gzip. HDF5 finds more ways after: pip install hdf5plugin && "
            "export HDF5_PLUGIN_PATH=$(python -c 'import hdf5plugin; print(hdf5plugin.PLUGIN_PATH)')"
        )
    return UserError(f"{path} {problem} ({said}). {remedy}")


@contextmanager
def damage(
    path: Path | str, problem: str, remedy: str, raised: tuple[type[Exception], ...] = DAMAGE
) -> Iterator[None]:
    """Turn the errors `raised` by a library about a file into a `UserError`.

    Args:
        path: of the file.
        problem: of a damaged file, for example "is no HDF5 file".
        remedy: the advice to the user of a damaged file.
        raised: the kinds of errors.

    Raises:
        UserError: there is no such file, or it cannot be read.
    """
    if not Path(path).is_file():
        missing = "is no file" if Path(path).exists() else "does not exist"
        raise UserError(f"{path} {missing}. {remedy}")
    try:
        yield
    except UserError as error:
        if str(path) in str(error):
            raise
        raise UserError(f"{path}: {error}") from error
    except raised as error:
        raise refusal(path, problem, error, remedy) from error


def refuse_claim(path: Path | str, name: str, n_bytes: int, stored: int) -> None:
    """Refuse an array that claims more bytes than `stored` ones can hold, before memory is taken for it.

    Raises:
        UserError: it claims too much.
    """
    if n_bytes > MOST_PACKED * stored:
        raise UserError(
            f"{path}: {name} claims {n_bytes} bytes and is stored in {stored} at most, which nothing packs so well: it "
            "is damaged or made to fill memory. Download or write the file again."
        )
