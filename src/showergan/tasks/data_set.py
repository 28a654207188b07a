"""Data sets of any task: HDF5 files with a split into train, select and test."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self

import h5py
import numpy as np
from numpy.typing import NDArray

import showergan
from showergan.errors import UserError
from showergan.io.damage import in_place_of
from showergan.io.files import atomic_write
from showergan.io.hdf5 import opened_hdf5, text_of

Split = Literal["train", "select", "test"]
SPLITS: dict[Split, int] = {"train": 0, "select": 1, "test": 2}

# Type of an array, and its shape behind the number of samples.
Content = tuple[type, tuple[int | None, ...]]


@dataclass(frozen=True)
class Rows:
    """Samples as arrays with a row for each; all fields but the first may be None."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def select(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Self:
        """Return the samples at `index`: a slice, a boolean mask (n,) or integer positions."""
        arrays = ((f.name, getattr(self, f.name)) for f in fields(self))
        return type(self)(**{name: a if a is None else a[index] for name, a in arrays})


def permuted(n: int, seed: int) -> NDArray[np.uint8]:
    """Return the split of every sample, shape (n,), as a permutation by NumPy's default generator has it."""
    return splits_of(n, np.random.default_rng(seed).permutation(n)[: n // 2])


def splits_of(n: int, held_out: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the split of every sample, shape (n,): of those held out the first half is select, the second test."""
    splits = np.full(n, SPLITS["train"], np.uint8)
    splits[held_out[: len(held_out) // 2]] = SPLITS["select"]
    splits[held_out[len(held_out) // 2 :]] = SPLITS["test"]
    return splits


def keep(file: h5py.File, splits: NDArray[np.uint8], **about: Any) -> None:
    """Write the split of every sample, shape (n,), how many of each there are, and further attributes."""
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
        writer: the step that writes these files.
        arrays: that it must have, by name: their type, and their shape behind the number of samples, in which None is
            any length. All are as long as the first.
        attributes: names of those that it must have.

    Raises:
        UserError: this step did not write it, or it is damaged.
    """
    remedy = in_place_of(path, f"a file that `showergan {writer}` wrote")
    with opened_hdf5(path, remedy) as file:
        if missing := [name for name in attributes if name not in file.attrs]:
            raise UserError(
                f"{path} has no attribute {missing[0]}: an earlier version wrote it, or another program. {remedy}"
            )
        for name, (dtype, shape) in arrays.items():
            found = file.get(name)
            if not isinstance(found, h5py.Dataset):
                raise UserError(f"{path} has no dataset {name}. {remedy}")
            wanted = (*file[next(iter(arrays))].shape[:1], *shape)
            fits = [w in (None, s) for s, w in zip(found.shape, wanted, strict=False)]
            if found.dtype != dtype or found.ndim != len(wanted) or not all(fits):
                raise UserError(f"{path}: {name} is {found.dtype} of shape {found.shape}. {remedy}")
        yield file


def source_sha256(path: Path) -> str:
    """Return the SHA-256 by which the source of a data set is known."""
    with opened_hdf5(path) as file:
        return text_of(file, "source_sha256")


def check_splits(path: Path) -> None:
    """Raise a `UserError` if a split of the data set at `path` has no samples."""
    with opened_hdf5(path) as file:
        found = np.unique(file["split"])
    if empty := [name for name, code in SPLITS.items() if code not in found]:
        raise UserError(
            f"{path} has no samples for {' and '.join(empty)} (split), so that nothing can be measured. "
            f"{in_place_of(path, 'a data set with samples for all three')}"
        )


def write_arrays(
    out: Path,
    stored: Mapping[str, NDArray[Any]],
    task: str,
    origin: Mapping[str, Any],
    packed: Mapping[str, NDArray[Any]] | None = None,
) -> None:
    """Write generated samples that fit into memory: as npz by the suffix .npz, else as HDF5.

    HDF5 has the task and `origin` as attributes; `packed` are the arrays of npz, where they differ from those of HDF5.
    """
    with atomic_write(out) as temporary:
        if out.suffix == ".npz":
            with temporary.open("wb") as stream:
                np.savez_compressed(stream, allow_pickle=False, **(packed or stored))
        else:
            with h5py.File(temporary, "w") as file:
                for name, values in stored.items():
                    file[name] = values
                file.attrs.update(task=task, showergan_version=showergan.__version__, **origin)
