"""The real showers that generated ones are held against: computed once, kept in a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import torch

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.measurement.given import HELD_OUT, HeldOut, given_particles
from showergan.metrics.features import Features
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.features import features_of
from showergan.tasks.showers.particles import Particles
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.yardstick import ShowerYardstick, impact_depth_cm, yardstick_of

N_EXAMPLES = 8


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test showers, and what is needed to make and to measure others.

    Attributes:
        yardstick: what all samples are measured with.
        features: by split.
        given: what a generator is given to be measured against each split, see `given_particles`.
        examples: a few real test showers for pictures.
    """

    yardstick: ShowerYardstick
    features: dict[HeldOut, Features]
    given: dict[HeldOut, Particles]
    examples: Showers = field(repr=False)


def make_reference(
    path: Path, regressor: EmbeddingRegressor | None, recipe: Evaluation, device: torch.device
) -> Reference:
    """Compute the features of the real showers in the data set at `path`."""
    form, depth = recipe.statistics, impact_depth_cm(path, recipe)
    train = features_of(dataset.stream(path, "train"), None, form, depth, device)
    features = {
        split: features_of(dataset.stream(path, split), regressor, form, depth, device)
        for split in HELD_OUT
    }
    return Reference(
        yardstick_of(path, train, recipe),
        features,
        given_particles(recipe, train, features),
        _first(dataset.stream(path, "test"), N_EXAMPLES),
    )


def save_reference(reference: Reference, path: Path) -> None:
    """Write the reference as HDF5."""
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        reference.yardstick.write(file)
        for split, features in reference.features.items():
            _write_features(features, file.create_group(split))
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
            given = {
                split: Particles(**{k: file[f"given/{split}/{k}"][:] for k in Particles._fields})
                for split in HELD_OUT
            }
            examples = {k: file[f"examples/{k}"][:] for k in ("energy", "point", "momentum")}
            return Reference(
                ShowerYardstick.read(file),
                {split: _read_features(file[split]) for split in HELD_OUT},
                given,
                Showers(**examples, pdg=None),
            )
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `showergan reference` writes it") from None
    except (OSError, KeyError) as error:
        raise UserError(f"{path}: not written by `showergan reference` ({error})") from None


def _write_features(features: Features, group: h5py.Group) -> None:
    group["conditions"] = features.conditions
    group.attrs.update(features.counts)
    for kind in ("spaces", "quantities", "own"):
        # In their order, which is that of columns.
        part = group.create_group(kind, track_order=True)
        for name, values in getattr(features, kind).items():
            part[name] = values


def _read_features(group: h5py.Group) -> Features:
    kinds = {
        kind: {name: values[:] for name, values in group[kind].items()}
        for kind in ("spaces", "quantities", "own")
    }
    counts = {name: int(n) for name, n in group.attrs.items()}
    return Features(conditions=group["conditions"][:], counts=counts, **kinds)


def _first(chunks: Iterable[Showers], n: int) -> Showers:
    """Return the first n showers, copied, so that the chunk they come from can go."""
    first = next(chunk for chunk in chunks if len(chunk)).select(slice(0, n))
    return Showers(first.energy.copy(), first.point.copy(), first.momentum.copy(), None)
