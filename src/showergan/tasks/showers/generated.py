"""Files of generated showers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

import showergan
from showergan.files import write_aside
from showergan.tasks.showers.sample import IMAGE_SHAPE, MEANING, Showers

CHUNK = 250  # showers


def write_hdf5(path: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write showers as HDF5 with the keys and units of our data sets; the same showers give the same bytes.

    Args:
        path: The file to write; it appears whole or not at all.
        n: Number of showers in all chunks together.
        chunks: The showers in order.
        origin: Further attributes.
    """
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        file.attrs.update(
            **MEANING,
            showergan_version=showergan.__version__,
            **origin,
        )
        for key, shape in {"energy": IMAGE_SHAPE, "point": (2,), "momentum": (3,)}.items():
            packed = {"chunks": (min(CHUNK, n), *shape), "compression": "lzf"}
            file.create_dataset(key, (n, *shape), np.float32, **packed)
        first = 0
        for chunk in chunks:
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            for key in ("energy", "point", "momentum"):
                file[key][rows] = getattr(chunk, key)
