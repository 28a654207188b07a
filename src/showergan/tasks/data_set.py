"""What the files of the data sets of all tasks have in common."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.errors import UserError
from showergan.io.damage import in_place_of
from showergan.io.hdf5 import opened_hdf5
from showergan.tasks.splits import SPLITS

# Type of an array, and its shape behind the number of samples.
Content = tuple[type, tuple[int | None, ...]]


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
def opened(
    path: Path, writer: str, arrays: Mapping[str, Content], attributes: Sequence[str] = ()
) -> Iterator[h5py.File]:
    """Open a data set.

    Args:
        path: of the file.
        writer: the step that writes such files.
        arrays: that it must have, by name: their type, and their shape behind the number of samples, of which None is
            any length. All are as long as the first.
        attributes: names of those that it must have.

    Raises:
        UserError: it is none that this step wrote, or is damaged.
    """
    remedy = in_place_of(path, f"a file that `showergan {writer}` wrote")
    with opened_hdf5(path, remedy) as file:
        if missing := [name for name in attributes if name not in file.attrs]:
            raise UserError(f"{path} has no attribute {missing[0]}. {remedy}")
        for name, (dtype, shape) in arrays.items():
            found = file.get(name)
            if not isinstance(found, h5py.Dataset):
                raise UserError(f"{path} has no dataset {name}. {remedy}")
            n = file[next(iter(arrays))].shape[:1]
            if found.dtype != dtype or not _fits(found.shape, (*n, *shape)):
                raise UserError(f"{path}: {name} is {found.dtype} of shape {found.shape}. {remedy}")
        yield file


def check_splits(path: Path) -> None:
    """Raise a `UserError` if a split of the data set at `path` has no samples."""
    with opened_hdf5(path) as file:
        found = np.unique(file["split"])
    if empty := [name for name, code in SPLITS.items() if code not in found]:
        raise UserError(
            f"{path} has no samples for {' and '.join(empty)} (split), so that nothing can be measured. "
            f"{in_place_of(path, 'a data set with samples for all three')}"
        )


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        w in (None, s) for s, w in zip(shape, wanted, strict=True)
    )
