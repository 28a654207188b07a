"""What the files of the data sets of all tasks have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.errors import UserError
from showergan.tasks.splits import SPLITS


def keep(file: h5py.File, splits: NDArray[np.uint8], **about: Any) -> None:
    """Write the split of every sample, shape (n,), how many of each there are, and attributes that tell about them."""
    file["split"] = splits
    file["split"].attrs.update(SPLITS)
    file.attrs.update(
        n_events=len(splits),
        **{f"n_{name}": np.count_nonzero(splits == code) for name, code in SPLITS.items()},
        showergan_version=showergan.__version__,
        **about,
    )


@contextmanager
def opened(path: Path, of: str, needed: set[str]) -> Iterator[h5py.File]:
    """Open a data set.

    Args:
        path: of the file.
        of: what it has samples of, for messages.
        needed: names of the arrays and attributes that it must have.

    Raises:
        UserError: it is none that `make-data` wrote.
    """
    try:
        with h5py.File(path) as file:
            if not needed <= set(file) | set(file.attrs):
                raise UserError(f"{path} is no data set of {of}: `showergan make-data` writes one")
            yield file
    except OSError as error:
        raise UserError(f"{path} is no HDF5 file or is damaged ({error})") from error
