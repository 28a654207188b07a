"""What the figures need of the reference file: real showers and their bins."""

from __future__ import annotations

from pathlib import Path

from showergan.heavy import h5py, pd
from showergan.tasks import showers


def read_examples(reference: str | Path) -> showers.sample.Showers:
    """Read the real showers that every generator imitates in `examples.npz`."""
    with h5py.File(reference) as file:
        examples = file["examples"]
        return showers.sample.Showers(
            examples["energy"][:], examples["point"][:], examples["momentum"][:], pdg=None
        )


def read_entry_points(reference: str | Path) -> pd.DataFrame:
    """Read the entry points of the held-out showers.

    Returns:
        Columns split ("select" or "test"), bin, x_cm and y_cm.
    """
    partition = read_partition(reference)
    with h5py.File(reference) as file:
        points = {
            split: showers.Particles.of(file[f"{split}/conditions"][:]).point
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


def read_partition(reference: str | Path) -> showers.rectangles.Rectangles:
    """Read the bins of the entry point."""
    with h5py.File(reference) as file:
        x, y = (tuple(file.attrs[f"{axis}_edges_cm"].tolist()) for axis in "xy")
    return showers.rectangles.Rectangles(x, y)
