"""What the figures need of the reference file: real showers and their bins."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.tasks.showers.particles import Particles
from showergan.tasks.showers.rectangles import Rectangles
from showergan.tasks.showers.sample import Showers


def read_examples(reference: str | Path) -> Showers:
    """Read the real showers that every generator imitates in `examples.npz`."""
    with h5py.File(reference) as file:
        examples = file["examples"]
        return Showers(
            examples["energy"][:], examples["point"][:], examples["momentum"][:], pdg=None
        )


def read_points(reference: str | Path) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Read some real points, shape (n, 2), and the modes of their distribution, shape (k, 2)."""
    with h5py.File(reference) as file:
        return file["examples/point"][:], file["modes"][:]


def read_entry_points(reference: str | Path) -> pd.DataFrame:
    """Read the entry points of the held-out showers.

    Returns:
        Columns split ("select" or "test"), bin, x_cm and y_cm.
    """
    partition = read_partition(reference)
    with h5py.File(reference) as file:
        points = {
            split: Particles.of(file[f"{split}/conditions"][:]).point
            for split in ("select", "test")
        }
    return pd.concat(
        [
            pd.DataFrame(point, columns=["x_cm", "y_cm"]).assign(
                split=split, bin=partition.assign(point)
            )
            for split, point in points.items()
        ],
        ignore_index=True,
    )


def read_partition(reference: str | Path) -> Rectangles:
    """Read the bins of the entry point."""
    with h5py.File(reference) as file:
        x, y = (tuple(file.attrs[f"{axis}_edges_cm"].tolist()) for axis in "xy")
    return Rectangles(x, y)
