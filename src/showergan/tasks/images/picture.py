"""One picture, whatever its file is like, as bytes of one size; what had to be done to it is counted."""

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from showergan.tasks.images.resized import fitted

GREY = ("1", "L", "LA", "La", "I")  # and all that begin with I;16
UNUSUAL = {"P": "palette", "PA": "palette", "CMYK": "cmyk", "1": "black_and_white"}
UNUSUAL |= dict.fromkeys(("YCbCr", "LAB", "HSV", "RGBX"), "other_colours")
# Not of pages (PostScript, PDF, metafiles), which Pillow has other programs draw.
FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")
INTEGERS, FLOATS, COLOURS = (
    "integers",
    "floats",
    "colours",
)  # kinds of pictures with more than 8 bits


class Unreadable(Exception):
    """A file that holds no picture, or one that cannot be used; its text says why."""


def endings() -> set[str]:
    """Return the endings of the names of pictures, .png say."""
    return {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}


class Looked(NamedTuple):
    """What is to be known of all pictures before the first is made bytes.

    Attributes:
        grey: whether it says that it has no colours.
        kind: of its numbers, where they have more than 8 bits; else None, and it is not decoded.
        largest: of its numbers; of colours, of which Pillow keeps the upper 8 of 16 bits, of these.
    """

    grey: bool
    kind: str | None = None
    largest: float = 0


def looked_at(path: Path) -> Looked:
    """Look at a picture.

    Raises:
        Unreadable: it is no picture, or its numbers are none that black and white can be told of.
    """
    with _opened(path) as picture:
        grey = picture.mode in (*GREY, "F") or picture.mode.startswith("I;16")
        if (kind := _kind(picture)) is None:
            return Looked(grey)
        values = np.asarray(picture)
        if not (np.isfinite(values).all() and values.min() >= 0):
            raise ValueError("of numbers below 0, or that are none, nobody says what is black")
        return Looked(grey, kind, float(values.max()))


def _kind(picture: Any) -> str | None:
    if picture.mode == "F":
        return FLOATS
    if picture.mode.startswith("I"):
        return INTEGERS
    return COLOURS if any(";16" in str(tile[-1]) for tile in picture.tile) else None


def white_of(kind: str, largest: float) -> float:
    """Return the number that is white in all pictures of a kind, of which this is the largest.

    It is the largest number of as many bits as are used, 8 or more, of floating-point numbers up to 1 it is 1.

    Raises:
        ValueError: nobody can tell.
    """
    if kind == COLOURS:
        if 0 < largest < 2**7:
            raise ValueError(
                f"pictures with colours of 16 bits, of which the largest uses {8 + int(largest).bit_length()}: they "
                "would be dark, and their lower 8 bits are not read; make them pictures of 8 bits"
            )
        return 2**16 - 1
    if kind == FLOATS and largest <= 1:
        return 1
    return 2 ** max(math.ceil(largest).bit_length(), 8) - 1


def decoded(
    path: Path, size: int, channels: int, white: Mapping[str, float]
) -> tuple[NDArray[np.uint8], Counter[str]]:
    """Return a picture, shape (channels, size, size), and what had to be done to it.

    `white` is that of each kind with more than 8 bits, see `white_of`.

    Raises:
        Unreadable: it is no picture, is damaged, or larger than `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    with _opened(path) as picture:
        return _decoded(picture, size, channels, white)


def _decoded(
    picture: Any, size: int, channels: int, white: Mapping[str, float]
) -> tuple[NDArray[np.uint8], Counter[str]]:
    done: Counter[str] = Counter()
    kind = _kind(picture)  # which one that is turned does not say
    if getattr(picture, "is_animated", False):
        picture.seek(0)
        done["first_of_several_frames"] += 1
    if picture.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
        done["turned_upright"] += 1
    if picture.mode in UNUSUAL:
        done[UNUSUAL[picture.mode]] += 1
    if kind in (INTEGERS, FLOATS):  # Pillow would cut, not scale
        values = np.asarray(picture)
        if kind == INTEGERS:
            levels = values // ((int(white[kind]) + 1) // 2**8)
        else:
            levels = np.rint(values * (255 / white[kind]))
        picture = Image.fromarray(levels.astype(np.uint8))
    if kind:
        done["floats" if kind == FLOATS else "sixteen_bits"] += 1
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture)
        done["transparent"] += 1
    elif channels == 3 and picture.mode in GREY:
        done["grey_among_colours"] += 1
    if min(picture.size) < size:
        done["enlarged"] += 1
    picture = fitted(picture.convert("L" if channels == 1 else "RGB"), size)
    pixels = np.asarray(picture).reshape(size, size, channels)
    return pixels.transpose(2, 0, 1), done


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with warnings.catch_warnings():
            # Pillow but warns of pictures up to twice its limit.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                yield picture
    except Exception as error:  # of a foreign file Pillow's readers raise what they like
        raise Unreadable(str(error) or type(error).__name__) from error
