"""Files and folders of users: their content, and a text that changes when they do.

Imports nothing but the standard library, because the workflow reads them whenever it is parsed.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# Folders that systems and programs make by themselves; hidden ones, whose names begin with a point, are left out too.
NOT_THEIRS = {
    *("@eaDir", "#recycle", "#snapshot", "__MACOSX", "lost+found"),
    *("$RECYCLE.BIN", "System Volume Information"),
}
SMALL = 1_000_000  # bytes; up to here Snakemake, too, compares the content of a file


class Found(NamedTuple):
    """Content of a folder and its subfolders.

    Attributes:
        files: by place in the folder, as parts of a path, in order: size and time; without hidden ones.
        left_out: folders that are not read, by place, and why.
    """

    files: dict[tuple[str, ...], tuple[int, int]]
    left_out: dict[tuple[str, ...], str]


def walk(folder: Path) -> Found:
    """Return the content of a folder; links are followed, but no folder is read twice.

    Raises:
        OSError: one of them cannot be read.
    """
    files, left_out = {}, {}
    seen: dict[tuple[int, int], tuple[str, ...]] = {}
    # Links come last, so that of a folder and a link to it the folder counts.
    folders: list[tuple[str, ...]] = [()]
    links: list[tuple[str, ...]] = []
    while folders or links:
        place = folders.pop() if folders else links.pop(0)
        path = folder.joinpath(*place)
        status = path.stat()
        first = seen.setdefault((status.st_dev, status.st_ino), place)
        if first != place:
            left_out[place] = f"a link to {Path(*first)}, which is looked at already"
            continue
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                here = (*place, entry.name)
                if entry.is_dir():
                    if entry.name.startswith(".") or entry.name in NOT_THEIRS:
                        left_out[here] = "not of the data by its name"
                    else:
                        (links if entry.is_symlink() else folders).append(here)
                elif entry.is_file():
                    if not entry.name.startswith("."):
                        files[here] = _size_and_time(entry.stat())
                elif entry.is_symlink():
                    left_out[here] = "a link that leads nowhere"
    return Found(dict(sorted(files.items())), left_out)


def state(paths: Iterable[str]) -> str:
    """Return a text that changes when one of these files or folders does.

    A small file counts by its content, so that a touch is no change; others, and all in a folder, by name, size and
    time, be it later or earlier than before. A file that is missing is no error here.
    """
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path}\n".encode())
        try:
            for line in _lines(Path(path)):
                digest.update(line)
        except OSError as error:
            digest.update(f"{error.strerror}\n".encode())
    return digest.hexdigest()


def _lines(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        for place, seen in walk(path).files.items():
            yield f"{place} {seen}\n".encode(errors="surrogateescape")
    elif path.stat().st_size <= SMALL:
        yield path.read_bytes()
    else:
        yield f"{_size_and_time(path.stat())}\n".encode()


def _size_and_time(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
