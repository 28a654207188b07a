"""What is left behind: files that exist whole or not at all, and lines for a reader."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def write_aside(path: Path) -> Iterator[Path]:
    """Yield a path of the same name in a folder of its own beside `path`; on success move the file onto `path`.

    It moves once it is on the disk. The folder goes in any case; that of a process that was killed goes when the same
    path is written next: a lock tells it from those in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob(f".{escape(path.name)}.*.part"):
        with suppress(OSError):
            with (other / "lock").open("r+") as lock:
                abandoned = _locked(lock)
            if abandoned:
                shutil.rmtree(other)
    folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part"))
    aside, made = folder / path.name, folder / "made"
    try:
        with made.open("w") as lock:
            _locked(lock)
            made.rename(folder / "lock")  # others see no lock that is not held
            yield aside
            _sync(aside)
            aside.replace(path)
            with suppress(OSError):  # not every file system can
                _sync(path.parent)
    finally:
        shutil.rmtree(folder)


def _locked(file: IO[str]) -> bool:
    """Lock a file until it is closed or the process ends; tell whether that was possible."""
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except OSError:  # another holds it, or the file system knows no locks
        return False
    return True


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a data frame as CSV."""
    with write_aside(path) as aside:
        frame.to_csv(aside, index=False)


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a dictionary as indented JSON."""
    with write_aside(path) as aside:
        aside.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def say(text: str) -> None:
    """Write a line to stderr at once."""
    print(text, file=sys.stderr, flush=True)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text, read as a stream."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
