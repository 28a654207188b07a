"""Data set of preprocessed showers: one HDF5 file with a split, from any source in the published format."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.io.files import atomic_write, sha256_of
from showergan.tasks import data_set
from showergan.tasks.data_set import SPLITS, Split, permuted, splits_of
from showergan.tasks.showers.sample import IMAGE_SHAPE, MEANING, Showers
from showergan.tasks.showers.shower_file import ShowerFile
from showergan.tasks.showers.statistics import CELLS_CM, DepthFit
from showergan.tasks.showers.units import refuse_energies, refuse_points

REFERENCE_SEED = 0x3DF3FA
SIMULATION = "simulation"  # attribute of simulated data sets: JSON text, see `simulators`

# Type of the required datasets, and their shape behind the number of events.
DATASETS: dict[str, data_set.Content] = {
    "energy": (np.float32, IMAGE_SHAPE),
    "point": (np.float32, (2,)),
    "momentum": (np.float32, (3,)),
    "split": (np.uint8, ()),
}

# Events per HDF5 chunk and per step; 256 images are 0.9 MB, just within HDF5's chunk cache.
CHUNK = 256
READ = 16 * CHUNK


def assign_splits(n: int, rule: str, seed: int) -> NDArray[np.uint8]:
    """Return the split of every event (n,): 0 train, 1 select, 2 test.

    Half of the events, rounded up, are for training; the others are halved in the order in which they were drawn.
    `permutation` draws them with NumPy's default generator and `seed`; `reference` draws as the code published with
    Egorov & Rogachev (2023) does and ignores `seed`.
    """
    if rule == "reference":
        # The published indices exist only in NumPy's legacy stream.
        held_out = np.random.RandomState(REFERENCE_SEED).choice(n, n // 2, replace=False)
        return splits_of(n, held_out)
    return permuted(n, seed)


def preprocess(source: Path, out: Path, recipe: Preparation) -> None:
    """Turn a file of showers, see `ShowerFile`, into the HDF5 data set that all later steps read, in MeV and cm.

    Energies stream through in chunks; only points, momenta and ids are held in memory.

    Raises:
        UserError: If the source is unusable, has fewer than 4 events, energies that are not finite, or negative
            energies that are not to be clipped, or if its medians show that it has other units. Counts in messages
            are those of the whole file.
    """
    with ShowerFile(source, recipe.energy_unit, recipe.length_unit) as showers:
        refuse_points(source, showers.point, recipe.length_unit)
        if showers.n < 4:
            raise UserError(
                f"{source}: {showers.n} events cannot be split into train, select and test. "
                "Give a file with at least 4 events."
            )
        splits = assign_splits(showers.n, recipe.split, recipe.split_seed)
        training = splits == SPLITS["train"]
        inside = showers.point[training]
        fit, first, total = DepthFit(), 0, np.zeros(showers.n)
        with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
            energy = file.create_dataset(
                "energy",
                (showers.n, *IMAGE_SHAPE),
                np.float32,
                chunks=(min(CHUNK, showers.n), *IMAGE_SHAPE),
                compression="lzf",  # without shuffle, which breaks up the runs of empty cells
            )
            for part in showers.showers(
                CHUNK, recipe.negative_energy, "data.negative_energy: clip"
            ):
                rows = slice(first, first + len(part))
                first += len(part)
                energy[rows] = part.energy
                total[rows] = part.energy.sum(axis=(1, 2), dtype=np.float64)
                fit.add(part.select(training[rows]))
            refuse_energies(source, total, showers.momentum, recipe.energy_unit)
            file["point"] = showers.point
            file["momentum"] = showers.momentum
            if showers.pdg is not None:
                file["pdg"] = showers.pdg
            data_set.keep(
                file,
                splits,
                **MEANING,
                cell_centre_range_cm=[CELLS_CM[0], CELLS_CM[-1]],
                source_name=recipe.path or "simulate",
                source_sha256=sha256_of(source),
                n_clipped_energies=showers.n_clipped,
                split_rule=recipe.split,
                split_seed=REFERENCE_SEED if recipe.split == "reference" else recipe.split_seed,
                # x_min, x_max, y_min, y_max
                train_rectangle_cm=np.ravel([inside.min(0), inside.max(0)], "F").tolist(),
                shower_depth_cm=fit.depth_cm,
                n_train_without_energy=fit.n_without_energy,
                **({SIMULATION: showers.simulation} if showers.simulation else {}),
            )


def load(path: Path, split: Split | None = None) -> Showers:
    """Read the events of one split, or all, in the order of the source.

    Raises:
        UserError: If `path` is not a data set that `preprocess` wrote.
    """
    with _open(path) as file:
        keep = _kept(file, split)
        point, momentum = file["point"][:][keep], file["momentum"][:][keep]
        pdg = file["pdg"][:][keep] if "pdg" in file else None
    energy = np.empty((len(point), *IMAGE_SHAPE), np.float32)
    filled = 0
    for part in stream(path, split):
        energy[filled : filled + len(part)] = part.energy
        filled += len(part)
    return Showers(energy, point, momentum, pdg)


def stream(path: Path, split: Split | None = None) -> Iterator[Showers]:
    """Yield the events of `load` in chunks of some thousands."""
    with _open(path) as file:
        keep = _kept(file, split)
        # Selecting events inside h5py is many times slower than reading whole chunks.
        for first in range(0, len(keep), READ):
            rows = slice(first, first + READ)
            yield Showers(
                energy=file["energy"][rows][keep[rows]],
                point=file["point"][rows][keep[rows]],
                momentum=file["momentum"][rows][keep[rows]],
                pdg=file["pdg"][rows][keep[rows]] if "pdg" in file else None,
            )


def _kept(file: h5py.File, split: Split | None) -> NDArray[np.bool_]:
    return np.isin(file["split"][:], SPLITS[split] if split else list(SPLITS.values()))


def attributes(path: Path) -> dict[str, Any]:
    """Return the attributes of a data set as plain Python numbers, texts and lists; errors as for `load`."""
    with _open(path) as file:
        return {name: np.asarray(value).tolist() for name, value in file.attrs.items()}


def shower_depth_cm(path: Path) -> float:
    """Return the depth of the energy centre of the training showers, see `DepthFit`; errors as for `load`."""
    return float(attributes(path)["shower_depth_cm"])


def simulation_of(path: Path) -> dict[str, Any]:
    """Return the record of the simulation of a data set, see `simulators`; empty if showergan did not simulate it."""
    try:
        found = json.loads(attributes(path).get(SIMULATION, "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _open(path: Path) -> AbstractContextManager[h5py.File]:
    return data_set.opened(path, "preprocess", DATASETS, ["shower_depth_cm"])
