"""The square in the middle of a picture, at another size."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps


def resized(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return a grey picture (h, w) as (size, size)."""
    return np.asarray(fitted(Image.fromarray(picture), size))


def fitted(picture: Any, size: int) -> Any:
    """Return one of Pillow's pictures as a square of `size` pixels: cut in the middle, scaled by cubic splines."""
    return ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
