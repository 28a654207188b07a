"""What every source of pictures gives."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CHUNK = 256  # pictures at a time


class Chunk(NamedTuple):
    """Some pictures.

    Attributes:
        image: shape (n, c, h, w), 0 black to 255 white; c is 1 or 3.
        label: the number of the class of each, shape (n,); 0 where there are no classes.
    """

    image: NDArray[np.uint8]
    label: NDArray[np.int64]


@dataclass
class Source:
    """Pictures that come some at a time.

    Attributes:
        shape: of a picture, (c, h, w).
        classes: their names; () where there are none.
        chunks: the pictures, in an order that is always the same.
        counts: what had to be done to how many of them, by name; whole when they have come.
        told: what else a person should know of them.
        about: the same in numbers, attributes of the data set.
    """

    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    chunks: Iterator[Chunk]
    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    about: dict[str, float] = field(default_factory=dict)
