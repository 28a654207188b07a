"""The data set of points: one HDF5 file with a split."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

import h5py
import numpy as np

from showergan.io.files import atomic_write
from showergan.tasks import data_set
from showergan.tasks.splits import SPLITS, Split, permuted
from showergan.tasks.toys.data import ToyData
from showergan.tasks.toys.distributions import DISTRIBUTIONS
from showergan.tasks.toys.points import Points


def write(data: ToyData, out: Path) -> None:
    """Draw points and split them."""
    distribution = DISTRIBUTIONS[data.source]
    points = distribution.sample(data.n_points, np.random.default_rng(data.seed))
    splits = permuted(data.n_points, data.split_seed)
    with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
        file["point"], file["modes"] = points, distribution.modes
        data_set.keep(
            file,
            splits,
            task="toys",
            mode_sd=distribution.mode_sd,
            source_name=data.source,
            source_sha256=hashlib.sha256(points.tobytes()).hexdigest(),
            split_seed=data.split_seed,
        )


def load(path: Path, split: Split) -> Points:
    """Read the points of one split, in the order in which they were drawn."""
    with opened(path) as file:
        return Points(file["point"][:][file["split"][:] == SPLITS[split]])


def opened(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a data set; a `UserError` says where it is none."""
    return data_set.opened(
        path, "make-data", {"point": (np.float32, (2,)), "split": (np.uint8, ())}
    )
