"""What networks of square images have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from showergan.errors import UserError
from showergan.networks.base import Shape, Units

SMALLEST = 4  # pixels on a side, from which generators double and to which discriminators halve
SIZES = {16: 2, 32: 3, 64: 4}  # of images, and how often they double

Nonlinearity = Literal["relu", "leaky_relu", "tanh", "softplus", "gated"]
Filters = Annotated[
    Units,
    Field(description="filters of the layers nearest the image, doubled where it halves"),
]
GeneratorNormalisation = Literal["batch", "none"]
DiscriminatorNormalisation = Literal["batch", "layer", "none"]


def doublings(kind: str, sample_shape: Shape) -> int:
    """Return how often images double from 4 x 4 pixels to their size.

    Raises:
        UserError: samples are no square images of a size that is known.
    """
    if len(sample_shape) != 3 or sample_shape[1] != sample_shape[2] or sample_shape[1] not in SIZES:
        raise UserError(
            f"{kind} is made for samples of shape (channels, size, size), size one of "
            f"{', '.join(map(str, SIZES))}, and those of the data set have {tuple(sample_shape)}: choose another "
            "network, or another size of the images"
        )
    return SIZES[sample_shape[1]]


def spread(number: int, places: int) -> list[int]:
    """Return how many of a number of layers stand at each place; the first get what is left over.

    Places are ordered from small images to large ones, where a layer takes more time.
    """
    each, over = divmod(number, places)
    return [each + (i < over) for i in range(places)]
