"""Showers from a file of anybody: the published npz format, or HDF5 with the keys of our own files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.tasks.showers.energy_check import EnergyCheck, NegativeEnergy
from showergan.tasks.showers.npz import ENERGY, NpzShowers, first_rows
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers

CHUNK = 1024

# What the shape behind the number of events must be, in words and as a test.
_H5: dict[str, tuple[str, Callable[[tuple[int, ...]], bool]]] = {
    "energy": ("(N, 30, 30)", lambda shape: shape == IMAGE_SHAPE),
    "point": ("(N, 2) or wider", lambda shape: len(shape) == 1 and shape[0] >= 2),
    "momentum": ("(N, 3)", lambda shape: shape == (3,)),
}


def read_showers(path: Path, negative_energy: NegativeEnergy, option: str) -> Iterator[Showers]:
    """Yield the showers of a file some at a time, in order.

    Args:
        path: npz in the published format (see `npz`), or HDF5 with energy (N, 30, 30) in MeV, point (N, 2) in cm and
            momentum (N, 3) in GeV; other keys do not matter.
        negative_energy: set negative energies to 0, or refuse them.
        option: how the user asks for `clip`, for the message.

    Raises:
        UserError: If the file is missing, damaged or in another format, or holds impossible values; energies are
            judged with the last chunk.
    """
    if path.is_file() and h5py.is_hdf5(path):
        yield from _read_hdf5(path, negative_energy, option)
        return
    check = EnergyCheck(path, ENERGY, negative_energy, option)
    with NpzShowers(path) as showers:
        first = 0
        for chunk in showers.energy_chunks(CHUNK):
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            yield Showers(check.clean(chunk), showers.point[rows], showers.momentum[rows], None)
    check.finish()


def _read_hdf5(path: Path, negative_energy: NegativeEnergy, option: str) -> Iterator[Showers]:
    check = EnergyCheck(path, "energy", negative_energy, option)
    try:
        with h5py.File(path) as file:
            n = _check_shapes(path, file)
            point, momentum = (file[key][:].astype(np.float32) for key in ("point", "momentum"))
            _refuse(path, "point", ~np.isfinite(point), "NaN or infinite values")
            _refuse(path, "momentum", ~np.isfinite(momentum), "NaN or infinite values")
            _refuse(path, "momentum", momentum[:, 2] <= 0, "pz <= 0")
            for first in range(0, n, CHUNK):
                rows = slice(first, first + CHUNK)
                energy = check.clean(file["energy"][rows].astype(np.float32))
                yield Showers(energy, point[rows, :2], momentum[rows], None)
    except OSError as error:
        raise UserError(f"{path} is damaged ({error}). Write it again.") from error
    check.finish()


def _check_shapes(path: Path, file: h5py.File) -> int:
    """Return the number of showers."""
    for key, (wanted, fits) in _H5.items():
        found = file.get(key)
        if not isinstance(found, h5py.Dataset):
            _fail(path, key, f"is missing; the file has {', '.join(file) or 'nothing'}", wanted)
        if found.dtype.kind not in "fiu" or not found.shape or not fits(found.shape[1:]):
            _fail(path, key, f"is {found.dtype} of shape {found.shape}", wanted)
        if found.shape[0] != file["energy"].shape[0]:
            rows = f"has {found.shape[0]} rows where energy has {file['energy'].shape[0]}"
            _fail(path, key, rows, wanted)
    n = int(file["energy"].shape[0])
    if n == 0:
        raise UserError(f"{path}: energy has no showers (N = 0). Give a file with showers.")
    return n


def _fail(path: Path, key: str, problem: str, wanted: str) -> NoReturn:
    raise UserError(f"{path}: {key} {problem}. It must hold numbers of shape {wanted}.")


def _refuse(path: Path, key: str, bad: NDArray[np.bool_], problem: str) -> None:
    if bad.any():
        rows = np.unique(np.nonzero(bad)[0])
        raise UserError(
            f"{path}: {key} has {problem} in {len(rows)} showers ({first_rows(rows)}). "
            "Correct or remove these showers."
        )
