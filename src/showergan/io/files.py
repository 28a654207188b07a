"""Atomic writes, checksums, and lines for a reader; without a library that loads slowly."""

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EDQUOT, EFBIG, EIO, ENOSPC, EPERM, EROFS
from glob import escape
from pathlib import Path
from typing import Any

import filelock

from showergan.errors import UserError
from showergan.io.urls import without_secrets

# A full disk, a quota, a limit on sizes, no permission, a read-only file system, a failing disk.
REFUSED = {ENOSPC, EDQUOT, EFBIG, EACCES, EPERM, EROFS, EIO}


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a path of the same name in a temporary folder beside `path`; on success move the file onto `path`.

    It is moved once it is on the disk. The folder is removed in any case; that of a killed process is removed when the
    same path is written next: a lock tells it from those in use.

    Raises:
        UserError: the system does not let it be written.
    """
    with explained_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for other in path.parent.glob(f".{escape(path.name)}.*.part"):
            with suppress(OSError, NotImplementedError):
                _remove_abandoned(other)
        with _locked_folder(path) as folder:
            temporary = folder / path.name
            yield temporary
            _sync(temporary, os.O_RDWR)
            temporary.replace(path)
            with suppress(OSError):  # not every file system can
                _sync(path.parent, os.O_RDONLY)


@contextmanager
def explained_write_errors(path: Path) -> Iterator[None]:
    """Explain to a person why the system does not let a file be written.

    Raises:
        UserError: in place of the error of the system.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:  # HDF5 raises both, with the number in the text
        in_text = re.search(r"errno = (\d+)", str(error))
        number = getattr(error, "errno", None) or (int(in_text[1]) if in_text else None)
        # It may be a file elsewhere, which is read.
        at = Path(getattr(error, "filename", None) or path)
        ours = at.is_relative_to(path.parent) or path.is_relative_to(at)
        if number not in REFUSED or not ours:
            raise
        raise UserError(
            f"{path} cannot be written: {os.strerror(number)}. Make room, or give a place where files can be "
            "written, and call again: what was there before is as it was."
        ) from error


def _remove_abandoned(folder: Path) -> None:
    """Remove what a killed process left, be it killed before there was a lock or while the folder was removed.

    Raises:
        OSError: it is in use.
        NotImplementedError: the file system knows no locks.
    """
    if (folder / "lock").exists():
        lock = filelock.FileLock(folder / "lock")
        lock.acquire(blocking=False)
        _remove(folder, lock)
    else:
        folder.rmdir()  # a process that has just made it makes another


@contextmanager
def _locked_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside `path`, removed at the end; other processes leave it alone while its lock is held."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
        lock = filelock.FileLock(folder / "lock")
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:  # another process is removing it
            continue
        except (OSError, NotImplementedError):  # the file system knows no locks
            pass
        if not folder.exists() or (lock.is_locked and not (folder / "lock").exists()):
            continue  # another process took it for abandoned
        try:
            yield folder
        finally:
            _remove(folder, lock)
        return


def _remove(folder: Path, lock: filelock.BaseFileLock) -> None:
    """Remove a folder, its lock last of all; no error here hides one before."""
    with suppress(OSError):
        for inside in folder.iterdir():
            if inside.name != "lock":
                shutil.rmtree(inside, ignore_errors=True) if inside.is_dir() else inside.unlink()
    lock.release()  # Windows removes nothing that is open
    shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path, how: int) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, how)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def state_folder(out: Path, folder: Path | None) -> Path:
    """Return the folder for the states of unfinished work on `out`: a hidden one beside it.

    It lies in `folder` instead, by the path of the output, where files beside outputs would be lost.
    """
    beside = out.parent if folder is None else folder / out.parent.relative_to(out.anchor)
    return beside / ".checkpoint" / out.stem


def remove_states(folder: Path) -> None:
    """Remove a folder of `state_folder`, and the one around it where that holds no states of other work."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a dictionary as indented JSON."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def say(text: str) -> None:
    """Write a line to stderr at once; what is secret of a URL is hidden."""
    print(without_secrets(text), file=sys.stderr, flush=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text, read as a stream."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
