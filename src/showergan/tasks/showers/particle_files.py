"""Particles to generate showers for, from files and arrays; impossible particles are refused."""

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from showergan.errors import UserError
from showergan.io.arrays import NUMBERS, first_rows, opened_arrays
from showergan.io.tables import numbers_of, read_texts
from showergan.tasks.showers.sample import CONDITIONS as COLUMNS
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.shower_file import OWN, PUBLISHED

SUFFIXES = (".csv", ".npz", ".h5", ".hdf5")
OF_REFERENCE = ("generator_conditions/test/point", "generator_conditions/test/momentum")
KEYS = (PUBLISHED[1:], OWN[1:], OF_REFERENCE)
REMEDY = f"Give the columns {', '.join(COLUMNS)}."


def read_particles(path: Path | None, n: int | None = None) -> Particles:
    """Return all particles of a file, however many showers are wanted.

    Args:
        path: csv with the columns `COLUMNS` in any order, or npz or HDF5 with the points and momenta of the published
            format (`ParticlePoint`, `ParticleMomentum`) or of our own files (`point`, `momentum`; of a reference those
            that generators are scored with on test). Other content is ignored.
        n: number of showers that are wanted.

    Raises:
        UserError: If there is no path, the file is missing, damaged, empty or of another format, or holds impossible
            particles.
    """
    if path is None:
        raise UserError("--conditions: give a file of the particles to generate showers for.")
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path}: give particles as a file {', '.join(SUFFIXES)}.")
    if not path.is_file():
        raise UserError(f"{path} {'is no file' if path.exists() else 'does not exist'}.")
    if path.suffix == ".csv":
        values = numbers_of(read_texts(path, COLUMNS, REMEDY), path)
        return _checked(values[:, 3:], values[:, :3], f"{path}: ")
    with closing(opened_arrays(path)) as arrays:
        for point, momentum in KEYS:
            if {point, momentum} <= set(arrays.keys):
                return _checked(arrays.read(point), arrays.read(momentum), f"{path}: ")
        raise UserError(
            f"{path} holds {', '.join(sorted(arrays.keys)) or 'no arrays'}. It must hold "
            f"{' or '.join(' and '.join(pair) for pair in KEYS)}."
        )


def check_conditions(*values: Any) -> Particles:
    """Return the particles of two arrays, points and momenta, see `_checked`."""
    if len(values) != 2:
        raise UserError(f"Give two arrays, points and momenta, and no {len(values)}.")
    return _checked(*values)


def _checked(point: ArrayLike, momentum: ArrayLike, where: str = "") -> Particles:
    """Return particles of points (n, 2 or more) [cm], x and y first, and momenta (n, 3) [GeV].

    Raises:
        UserError: If there are none, shapes do not fit, values are not finite, or pz is not positive. Messages begin
            with `where`.
    """
    arrays = []
    for name, values in (("points", np.asarray(point)), ("momenta", np.asarray(momentum))):
        if values.dtype.kind not in NUMBERS:
            remedy = "Give integers or floating-point numbers."
            raise UserError(f"{where}{name} have the type {values.dtype}. {remedy}")
        with np.errstate(over="ignore"):
            arrays.append(values.astype(np.float32))
    points, momenta = arrays
    if points.ndim != 2 or points.shape[1] < 2 or momenta.shape != (len(points), 3):
        raise UserError(
            f"{where}points have shape {points.shape} and momenta {momenta.shape}. "
            "Give (N, 2), x and y, and (N, 3), px, py and pz."
        )
    if not len(points):
        raise UserError(f"{where}there are no particles (N = 0). Give at least one.")
    points = points[:, :2]
    finite = np.isfinite(points).all(axis=1) & np.isfinite(momenta).all(axis=1)
    backward = momenta[:, 2] <= 0
    for bad, problem in ((~finite, "values that are no finite numbers"), (backward, "pz <= 0")):
        if bad.any():
            rows = np.flatnonzero(bad)
            found = f"{len(rows)} of {len(points)} particles have {problem} ({first_rows(rows)})"
            raise UserError(f"{where}{found}. Correct or remove them.")
    return Particles(points, momenta)
