"""Files and folders of others that data are made of: what is in a folder, and by what a change of any is seen.

Light on purpose: the workflow looks at them whenever it is parsed.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# What systems and programs put into folders of others; hidden ones, whose names begin with a point, are left out too.
NOT_THEIRS = {
    *("@eaDir", "#recycle", "#snapshot", "__MACOSX", "lost+found"),
    *("$RECYCLE.BIN", "System Volume Information"),
}
SMALL = 1_000_000  # bytes; up to here Snakemake, too, looks at the content of a file


class Found(NamedTuple):
    """What is in a folder and below it.

    Attributes:
        files: their places in it, as parts of a path, in order, with size and time; hidden ones are left out.
        left_out: places of folders that are not looked into, and why.
    """

    files: dict[tuple[str, ...], tuple[int, int]]
    left_out: dict[tuple[str, ...], str]


def walk(folder: Path) -> Found:
    """Return what is in a folder and below it; links are followed, but no folder is looked into twice.

    Raises:
        OSError: one of them cannot be read.
    """
    files, left_out = {}, {}
    seen: dict[tuple[int, int], tuple[str, ...]] = {}
    # Links wait, so that of a folder and a link to it the folder counts.
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
    """Return a text that is another when one of these files or folders is.

    Of a small file it tells the content, so that a touch is no change; of others, and of all in a folder, name, size
    and time, be it later or earlier than it was. What is not there is left to who reads it.
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
