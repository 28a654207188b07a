"""One picture, whatever its file is like, as bytes of one size; what had to be done to it is counted."""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from showergan.tasks.images.resized import fitted

GREY = ("1", "L", "LA", "La", "I")  # and all that begin with I;16
UNUSUAL = {"P": "palette", "PA": "palette", "CMYK": "cmyk", "1": "black_and_white"}
UNUSUAL |= dict.fromkeys(("YCbCr", "LAB", "HSV", "RGBX"), "other_colours")
# Not of pages (PostScript, PDF, metafiles), which Pillow has other programs draw.
FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")
WIDE = 256  # levels of 16 bits for one of 8


class Unreadable(Exception):
    """A file that holds no picture, or one that cannot be used; its text says why."""


def endings() -> set[str]:
    """Return the endings of the names of pictures, .png say."""
    return {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}


def is_grey(path: Path) -> bool:
    """Return whether a picture says that it has no colours; it is not decoded.

    Raises:
        Unreadable: it is no picture.
    """
    with _opened(path) as picture:
        return picture.mode in GREY or picture.mode.startswith("I;16")


def decoded(path: Path, size: int, channels: int) -> tuple[NDArray[np.uint8], Counter[str]]:
    """Return a picture, shape (channels, size, size), and what had to be done to it.

    Raises:
        Unreadable: it is no picture, is damaged, or larger than `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    with _opened(path) as picture:
        return _decoded(picture, size, channels)


def _decoded(picture: Any, size: int, channels: int) -> tuple[NDArray[np.uint8], Counter[str]]:
    done: Counter[str] = Counter()
    if getattr(picture, "is_animated", False):
        picture.seek(0)
        done["first_of_several_frames"] += 1
    if picture.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        picture = ImageOps.exif_transpose(picture)
        done["turned_upright"] += 1
    if picture.mode in UNUSUAL:
        done[UNUSUAL[picture.mode]] += 1
    if picture.mode == "F":
        raise ValueError("of floating-point numbers nobody says what is white")
    if picture.mode.startswith("I"):
        levels = np.asarray(picture).clip(0, 2**16 - 1) // WIDE  # Pillow would cut, not scale
        picture = Image.fromarray(levels.astype(np.uint8))
        done["sixteen_bits"] += 1
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
