"""The images in a folder, whose sub-folders are classes where there are any.

Image files of any kind become bytes of one size; what is done to them on the way is counted.
"""

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from showergan.errors import UserError
from showergan.io.sources import walk
from showergan.tasks.images.source import CHUNK, Chunk, Source, fitted

SIZE = 64
N_NAMED = 3  # unreadable images that are named

GREY = ("1", "L", "LA", "La", "I")  # and all that begin with I;16
UNUSUAL = {"P": "palette", "PA": "palette", "CMYK": "cmyk", "1": "black_and_white"}
UNUSUAL |= dict.fromkeys(("YCbCr", "LAB", "HSV", "RGBX"), "other_colours")
# Not of pages (PostScript, PDF, metafiles), which Pillow has other programs draw.
FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")
# Kinds of images with more than 8 bits.
INTEGERS, FLOATS, COLOURS = "integers", "floats", "colours"


@contextmanager
def _skipping_unreadable(counts: Counter[str], notes: list[str], file: Path) -> Iterator[None]:
    """Go on without an image that cannot be read: it is counted, and the first ones are named."""
    try:
        yield
    except Unreadable as error:
        counts["unreadable"] += 1
        if counts["unreadable"] <= N_NAMED:
            notes.append(f"left out {file}: {error}")


def folder(path: Path, size: int | None) -> Source:
    """Return the images in a folder and below it, by name; colours where any of them has them.

    Those that cannot be read are left out and counted, as is all that is done to others.

    Raises:
        UserError: there is no such folder, or it has images beside folders of images.
    """
    side = size or SIZE
    if not path.is_dir():
        raise UserError(f"{path} is no folder: data.path names the folder of the images")
    try:
        found = walk(path)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}") from None
    notes = [f"left out {path.joinpath(*place)}: {why}" for place, why in found.left_out.items()]
    counts: Counter[str] = Counter()
    skipping = partial(_skipping_unreadable, counts, notes)
    files, grey, known = [], True, endings()
    largest: dict[str, float] = {}
    for file in (path.joinpath(*place) for place in found.files):
        if file.suffix.lower() not in known:
            counts["other_files"] += 1
            continue
        with skipping(file):
            header = read_header(file)
            grey &= header.grey
            files.append(file)
            if header.kind:
                largest[header.kind] = max(header.largest, largest.get(header.kind, 0))
    classes = _classes(path, files)
    channels = 1 if grey else 3
    white = {kind: white_of(kind, value, path) for kind, value in largest.items()}
    notes += [
        f"{kind} of more than 8 bits: {white[kind]:g} is white in all images, for the largest is {value:g}"
        for kind, value in largest.items()
        if kind != COLOURS
    ]
    numbers = {name: number for number, name in enumerate(classes)}

    def chunks() -> Iterator[Chunk]:
        for first in range(0, len(files), CHUNK):
            images, labels = [], []
            for file in files[first : first + CHUNK]:
                with skipping(file):
                    image, done = decoded(file, side, channels, white)
                    images.append(image)
                    labels.append(numbers.get(_place(path, file), 0))
                    counts.update(done)
            if images:
                yield Chunk(np.stack(images), np.array(labels, np.int64))

    about = {f"white_{kind}": value for kind, value in white.items()}
    return Source((channels, side, side), classes, chunks(), counts, notes, about)


def _classes(path: Path, files: list[Path]) -> tuple[str, ...]:
    """Return the names of the sub-folders with images; one alone is no class."""
    names = sorted({place for file in files if (place := _place(path, file))})
    beside = sum(not _place(path, file) for file in files)
    if names and beside:
        raise UserError(
            f"{path}: {beside} images lie beside the folders {', '.join(names[:3])}{', ...' * (len(names) > 3)}: "
            "either all images lie in folders, which are their classes, or none"
        )
    return tuple(names) if len(names) > 1 else ()


def _place(path: Path, file: Path) -> str:
    """Return the name of the sub-folder that a file lies in, at any depth; empty where it lies in none."""
    first, *others = file.relative_to(path).parts
    return first if others else ""


class Unreadable(Exception):
    """A file that holds no image, or one that cannot be used; its text says why."""


def endings() -> set[str]:
    """Return the suffixes of names of images, for example .png."""
    return {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}


class Header(NamedTuple):
    """Properties of an image, read of all images before the first is decoded to bytes.

    Attributes:
        grey: whether it has no colours, by its mode.
        kind: of its numbers, where they have more than 8 bits; else None, and it is not decoded.
        largest: of its numbers; of colours, of which Pillow keeps the upper 8 of 16 bits, of these.
    """

    grey: bool
    kind: str | None = None
    largest: float = 0


def read_header(path: Path) -> Header:
    """Read colours and numbers of an image; `Unreadable` if it is none, or if black or white is not known of them."""
    with _opened(path) as image:
        grey = image.mode in (*GREY, "F") or image.mode.startswith("I;16")
        if (kind := _kind(image)) is None:
            return Header(grey)
        values = np.asarray(image)
        if not (np.isfinite(values).all() and values.min() >= 0):
            raise ValueError(
                "it has numbers below 0, or that are not finite, and nothing says which number is black"
            )
        return Header(grey, kind, float(values.max()))


def _kind(image: Any) -> str | None:
    if image.mode == "F":
        return FLOATS
    if image.mode.startswith("I"):
        return INTEGERS
    return COLOURS if any(";16" in str(tile[-1]) for tile in image.tile) else None


def white_of(kind: str, largest: float, folder: Path) -> float:
    """Return the number that is white in all images of a kind, of which this is the largest.

    It is the largest number of as many bits as are used, 8 or more, of floating-point numbers up to 1 it is 1.

    Raises:
        UserError: colours use too few of their bits; it names the folder.
    """
    if kind == COLOURS:
        if 0 < largest < 2**7:
            raise UserError(
                f"{folder}: images with colours of 16 bits, of which the largest uses "
                f"{8 + int(largest).bit_length()}: they would be dark, "
                "and their lower 8 bits are not read; make them images of 8 bits"
            )
        return 2**16 - 1
    if kind == FLOATS and largest <= 1:
        return 1
    return 2 ** max(math.ceil(largest).bit_length(), 8) - 1


def decoded(
    path: Path, size: int, channels: int, white: Mapping[str, float]
) -> tuple[NDArray[np.uint8], Counter[str]]:
    """Return an image, shape (channels, size, size), and what had to be done to it.

    `white` is that of each kind with more than 8 bits, see `white_of`.

    Raises:
        Unreadable: it is no image, is damaged, or larger than `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    done: Counter[str] = Counter()
    with _opened(path) as image:
        kind = _kind(image)  # which one that is turned does not say
        if getattr(image, "is_animated", False):
            image.seek(0)
            done["first_of_several_frames"] += 1
        if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
            image = ImageOps.exif_transpose(image)
            done["turned_upright"] += 1
        if image.mode in UNUSUAL:
            done[UNUSUAL[image.mode]] += 1
        if kind in (INTEGERS, FLOATS):  # Pillow would cut, not scale
            values = np.asarray(image)
            if kind == INTEGERS:
                levels = values // ((int(white[kind]) + 1) // 2**8)
            else:
                levels = np.rint(values * (255 / white[kind]))
            image = Image.fromarray(levels.astype(np.uint8))
        if kind:
            done["floats" if kind == FLOATS else "sixteen_bits"] += 1
        if image.has_transparency_data:
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
            done["transparent"] += 1
        elif channels == 3 and image.mode in GREY:
            done["grey_among_colours"] += 1
        if min(image.size) < size:
            done["enlarged"] += 1
        image = fitted(image.convert("L" if channels == 1 else "RGB"), size)
        pixels = np.asarray(image).reshape(size, size, channels)
        return pixels.transpose(2, 0, 1), done


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with warnings.catch_warnings():
            # Pillow but warns of images up to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                yield image
    except Exception as error:  # of a foreign file Pillow's readers raise what they like
        raise Unreadable(str(error) or type(error).__name__) from error
