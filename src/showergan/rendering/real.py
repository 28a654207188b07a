"""What the figures need of the reference file: real showers and their bins."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import h5py
import pandas as pd
from numpy.typing import ArrayLike

from showergan.errors import UserError
from showergan.metrics.partition import Partition, equal_rectangles, quantile_rectangles
from showergan.showers.sample import Showers


def read_examples(reference: str | Path) -> Showers:
    """Read the real showers that every generator imitates in `examples.npz`."""
    with h5py.File(reference) as file:
        examples = file["examples"]
        return Showers(
            examples["energy"][:], examples["point"][:], examples["momentum"][:], pdg=None
        )


def read_entry_points(reference: str | Path) -> pd.DataFrame:
    """Read the entry points of the held-out showers.

    Returns:
        Columns split ("select" or "test"), bin, x_cm and y_cm.
    """
    with h5py.File(reference) as file:
        return pd.concat(
            [
                pd.DataFrame(file[f"{split}/point_cm"][:], columns=["x_cm", "y_cm"]).assign(
                    split=split, bin=file[f"{split}/bin"][:]
                )
                for split in ("select", "test")
            ],
            ignore_index=True,
        )


def read_n_bins(reference: str | Path) -> int:
    """Read the number of bins of the entry point."""
    with h5py.File(reference) as file:
        return int(file.attrs["n_bins"])


def partition_behind(
    points: pd.DataFrame, n_bins: int, rectangle: Sequence[float], train: ArrayLike
) -> Partition:
    """Return the partition that puts the held-out points into their bins.

    The reference holds bins, not edges; of all grids with this many bins the one that agrees on every point is drawn.

    Args:
        points: as `read_entry_points` gives them.
        n_bins: number of bins.
        rectangle: x_min, x_max, y_min, y_max of the training points [cm].
        train: (n, 2) training points [cm].

    Raises:
        UserError: no grid agrees; the showers and the reference are not of the same run.
    """
    for nx in range(1, n_bins + 1):
        if n_bins % nx:
            continue
        for cut in (partial(equal_rectangles, rectangle), partial(quantile_rectangles, train)):
            partition = cut(nx, n_bins // nx)
            if (partition.assign(points[["x_cm", "y_cm"]]) == points["bin"]).all():
                return partition
    raise UserError("the bins in the reference do not belong to these showers; make both anew")
