"""The real showers that generated ones are held against, and the particles that these are made for: computed once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import h5py
import numpy as np
import torch
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.metrics.partition import Partition, equal_rectangles, quantile_rectangles
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.features import ARRAYS, QUANTITIES, Features, Frame, Scale, features_of
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.statistics import PUBLISHED_DEPTH_CM

Split = Literal["select", "test"]
SPLITS: tuple[Split, ...] = ("select", "test")
ENERGY_BINS = 5
N_EXAMPLES = 8


class Particles(NamedTuple):
    """What a generator is given.

    Attributes:
        point: entry points in cm, shape (n, 2).
        momentum: momenta in GeV, shape (n, 3).
    """

    point: NDArray[np.float32]
    momentum: NDArray[np.float32]


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test showers, and what is needed to make and to measure others.

    Attributes:
        frame: what all samples are measured with.
        features: by split.
        given: what a generator is given to be measured against each split, see `given_particles`.
        examples: a few real test showers for pictures.
    """

    frame: Frame
    features: dict[Split, Features]
    given: dict[Split, Particles]
    examples: Showers = field(repr=False)


def make_reference(
    path: Path, regressor: EmbeddingRegressor | None, recipe: Evaluation, device: torch.device
) -> Reference:
    """Compute the features of the real showers in the data set at `path`."""
    form, depth = recipe.statistics, impact_depth_cm(path, recipe)
    train = features_of(dataset.stream(path, "train"), None, form, depth, device)
    frame = Frame(
        depth,
        Scale.of(train.quantities[:, :4]),
        partition_of(recipe, dataset.attributes(path), train.point),
        _energy_edges(train.momentum_GeV),
    )
    features = {
        split: features_of(dataset.stream(path, split), regressor, form, depth, device)
        for split in SPLITS
    }
    given = given_particles(recipe, train, features)
    return Reference(frame, features, given, _first(dataset.stream(path, "test"), N_EXAMPLES))


def given_particles(
    recipe: Evaluation, train: Features, features: dict[Split, Features]
) -> dict[Split, Particles]:
    """Return the particles that generators are given, by the split that they are measured against.

    "same": those of the split itself. "independent": against test those of select, against select as many of
    training, so that no generated shower shares its particle with a real one.
    """
    if recipe.conditions == "same":
        return {split: Particles(own.point, own.momentum) for split, own in features.items()}
    n_select, n_test = (len(features[split]) for split in SPLITS)
    # Drawn, for a split keeps the order of its file, which may be any.
    drawn = train.take(np.random.default_rng(recipe.seed).permutation(len(train))[:n_select])
    select = features["select"].take(np.arange(min(n_select, n_test)))
    return {
        "select": Particles(drawn.point, drawn.momentum),
        "test": Particles(select.point, select.momentum),
    }


def impact_depth_cm(path: Path, recipe: Evaluation) -> float:
    """Return the depth of the impact point: as published, or that of the real training showers in `path`."""
    if recipe.statistics == "published":
        return PUBLISHED_DEPTH_CM
    return dataset.shower_depth_cm(path)


def partition_of(
    recipe: Evaluation, attributes: dict[str, object], points: NDArray[np.float32]
) -> Partition:
    """Return the bins of the entry point, from the training rectangle or the training points (n, 2) in cm."""
    if recipe.partition.kind == "quantiles":
        return quantile_rectangles(points, *recipe.partition.bins)
    return equal_rectangles(attributes["train_rectangle_cm"], *recipe.partition.bins)  # type: ignore[arg-type]


def save_reference(reference: Reference, path: Path) -> None:
    """Write the reference as HDF5."""
    frame = reference.frame
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        file.attrs["x_edges_cm"] = frame.partition.x_edges
        file.attrs["y_edges_cm"] = frame.partition.y_edges
        file.attrs["energy_edges_GeV"] = frame.energy_edges_GeV
        file.attrs["impact_depth_cm"] = frame.impact_depth_cm
        file.attrs.update(point_unit="cm", momentum_unit="GeV", quantities=QUANTITIES)
        file["scale/centre"], file["scale/scale"] = frame.scale.centre, frame.scale.scale
        for split, features in reference.features.items():
            for name in ARRAYS:
                file[f"{split}/{name}"] = getattr(features, name)
            file[split].attrs.update(features.counts)
        for split, given in reference.given.items():
            for name, values in given._asdict().items():
                file[f"given/{split}/{name}"] = values
        for name in ("energy", "point", "momentum"):
            file[f"examples/{name}"] = getattr(reference.examples, name)


def load_reference(path: Path) -> Reference:
    """Read a reference.

    Raises:
        UserError: the file is missing or is no reference.
    """
    try:
        with h5py.File(path) as file:
            x, y, energy = (
                tuple(file.attrs[name].tolist())
                for name in ("x_edges_cm", "y_edges_cm", "energy_edges_GeV")
            )
            depth = float(file.attrs["impact_depth_cm"])
            scale = Scale(file["scale/centre"][:], file["scale/scale"][:])
            examples = {k: file[f"examples/{k}"][:] for k in ("energy", "point", "momentum")}
            return Reference(
                Frame(depth, scale, Partition(x, y), energy),
                {split: _read_features(file[split]) for split in SPLITS},
                {
                    split: Particles(
                        **{k: file[f"given/{split}/{k}"][:] for k in Particles._fields}
                    )
                    for split in SPLITS
                },
                Showers(**examples, pdg=None),
            )
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `showergan reference` writes it") from None
    except (OSError, KeyError) as error:
        raise UserError(f"{path}: not written by `showergan reference` ({error})") from None


def _energy_edges(momentum: NDArray[np.float64]) -> tuple[float, ...]:
    """Return quantiles of momenta in GeV; fewer where momenta repeat, as those of a test beam do."""
    edges = np.unique(np.quantile(momentum, np.linspace(0, 1, ENERGY_BINS + 1))).tolist()
    return tuple(edges if len(edges) > 1 else 2 * edges)


def _read_features(group: h5py.Group) -> Features:
    arrays = {name: group[name][:] for name in ARRAYS}
    return Features(**arrays, counts={name: int(n) for name, n in group.attrs.items()})


def _first(chunks: Iterable[Showers], n: int) -> Showers:
    """Return the first n showers, copied, so that the chunk they come from can go."""
    first = next(chunk for chunk in chunks if len(chunk)).select(slice(0, n))
    return Showers(first.energy.copy(), first.point.copy(), first.momentum.copy(), None)
