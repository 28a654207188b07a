"""The data set of points: one HDF5 file with a split."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

import showergan
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.tasks.splits import SPLITS, Split, permuted
from showergan.tasks.toys.data import ToyData
from showergan.tasks.toys.distributions import DISTRIBUTIONS
from showergan.tasks.toys.points import Points


def write(data: ToyData, out: Path) -> None:
    """Draw points and split them."""
    distribution = DISTRIBUTIONS[data.source]
    points = distribution.sample(data.n_points, np.random.default_rng(data.seed))
    splits = permuted(data.n_points, data.split_seed)
    with write_aside(out) as aside, h5py.File(aside, "w") as file:
        file["point"], file["split"], file["modes"] = points, splits, distribution.modes
        file["split"].attrs.update(SPLITS)
        file.attrs.update(
            task="toys",
            mode_sd=distribution.mode_sd,
            source_name=data.source,
            source_sha256=hashlib.sha256(points.tobytes()).hexdigest(),
            n_events=len(points),
            **{f"n_{name}": np.count_nonzero(splits == code) for name, code in SPLITS.items()},
            split_seed=data.split_seed,
            showergan_version=showergan.__version__,
        )


def load(path: Path, split: Split) -> Points:
    """Read the points of one split, in the order in which they were drawn."""
    with opened(path) as file:
        return Points(file["point"][:][file["split"][:] == SPLITS[split]])


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a data set.

    Raises:
        UserError: it is none that `make-data` wrote.
    """
    try:
        with h5py.File(path) as file:
            if not {"point", "split", "modes"} <= set(file):
                raise UserError(
                    f"{path} is no data set of points: `showergan make-data` writes one"
                )
            yield file
    except OSError as error:
        raise UserError(f"{path} is no HDF5 file or is damaged ({error})") from error
