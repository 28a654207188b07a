"""The pictures in a folder, whose sub-folders are classes where there are any."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from showergan.errors import UserError
from showergan.io.sources import walk
from showergan.tasks.images.picture import (
    COLOURS,
    Unreadable,
    decoded,
    endings,
    looked_at,
    white_of,
)
from showergan.tasks.images.source import CHUNK, Chunk, Source

SIZE = 64
N_TOLD = 3  # unreadable pictures that are named


class LeftOut:
    """What is left out of a folder.

    Attributes:
        counts: of files, by the reason, and of what is done to others.
        told: folders, and the first files that cannot be read, and why.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.told: list[str] = []

    @contextmanager
    def if_unreadable(self, file: Path) -> Iterator[None]:
        """Go on without a picture that cannot be read."""
        try:
            yield
        except Unreadable as why:
            self.counts["unreadable"] += 1
            if self.counts["unreadable"] <= N_TOLD:
                self.told.append(f"left out {file}: {why}")


def folder(path: Path, size: int | None) -> Source:
    """Return the pictures in a folder and below it, by name; colours where any of them has them.

    Those that cannot be read are left out and counted, as is all that is done to others.

    Raises:
        UserError: there is no such folder, or it has pictures beside folders of pictures.
    """
    size = size or SIZE
    if not path.is_dir():
        raise UserError(f"{path} is no folder: data.path names the folder of the pictures")
    left_out = LeftOut()
    files, grey, known = [], True, endings()
    largest: dict[str, float] = {}
    try:
        found = walk(path)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}") from None
    left_out.told += [f"left out {path.joinpath(*p)}: {why}" for p, why in found.left_out.items()]
    for file in (path.joinpath(*place) for place in found.files):
        if file.suffix.lower() not in known:
            left_out.counts["other_files"] += 1
            continue
        with left_out.if_unreadable(file):
            looked = looked_at(file)
            grey &= looked.grey
            files.append(file)
            if looked.kind:
                largest[looked.kind] = max(looked.largest, largest.get(looked.kind, 0))
    classes = _classes(path, files)
    channels = 1 if grey else 3
    white = {}
    for kind, value in largest.items():
        try:
            white[kind] = white_of(kind, value)
        except ValueError as error:
            raise UserError(f"{path}: {error}") from None
        if kind != COLOURS:
            left_out.told.append(
                f"{kind} of more than 8 bits: {white[kind]:g} is white in all pictures, for the largest is {value:g}"
            )
    chunks = _chunks(path, files, classes, size, channels, left_out, white)
    about = {f"white_{kind}": value for kind, value in white.items()}
    return Source((channels, size, size), classes, chunks, left_out.counts, left_out.told, about)


def _classes(path: Path, files: list[Path]) -> tuple[str, ...]:
    """Return the names of the sub-folders with pictures; one alone is no class."""
    names = sorted({place for file in files if (place := _place(path, file))})
    beside = sum(not _place(path, file) for file in files)
    if names and beside:
        raise UserError(
            f"{path}: {beside} pictures lie beside the folders {', '.join(names[:3])}{', ...' * (len(names) > 3)}: "
            "either all pictures lie in folders, which are their classes, or none"
        )
    return tuple(names) if len(names) > 1 else ()


def _place(path: Path, file: Path) -> str:
    """Return the name of the sub-folder that a file lies in, at any depth; empty where it lies in none."""
    first, *others = file.relative_to(path).parts
    return first if others else ""


def _chunks(
    path: Path,
    files: list[Path],
    classes: tuple[str, ...],
    size: int,
    channels: int,
    left_out: LeftOut,
    white: Mapping[str, float],
) -> Iterator[Chunk]:
    numbers = {name: number for number, name in enumerate(classes)}
    for first in range(0, len(files), CHUNK):
        images, labels = [], []
        for file in files[first : first + CHUNK]:
            with left_out.if_unreadable(file):
                image, done = decoded(file, size, channels, white)
                images.append(image)
                labels.append(numbers.get(_place(path, file), 0))
                left_out.counts.update(done)
        if images:
            yield Chunk(np.stack(images), np.array(labels, np.int64))
