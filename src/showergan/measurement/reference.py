"""The real samples that generated ones are held against: computed once, kept in a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import torch

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.measurement.given import HELD_OUT, HeldOut, given_by_split
from showergan.metrics.features import Features
from showergan.tasks import Task, of_file


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test samples, and what is needed to make and to measure others.

    Attributes:
        task: that the samples are of.
        yardstick: what all samples are measured with.
        features: by split.
        given: what a generator is given to be measured against each split, see `given_by_split`.
        examples: a few real test samples for pictures.
    """

    task: Task
    yardstick: Any
    features: dict[HeldOut, Features]
    given: dict[HeldOut, Any]
    examples: Any = field(repr=False)


def make_reference(
    path: Path, embedding: Any, recipe: Evaluation, device: torch.device
) -> Reference:
    """Compute the features of the real samples in the data set at `path`; an embedding may be missing."""
    task = of_file(path)
    yardstick, train = task.yardstick(path, recipe, device)
    features = {
        split: task.features(task.stream(path, split), yardstick, embedding, recipe, device)
        for split in HELD_OUT
    }
    return Reference(
        task,
        yardstick,
        features,
        given_by_split(task, recipe, train, features),
        _first(task, task.stream(path, "test")),
    )


def save_reference(reference: Reference, path: Path) -> None:
    """Write the reference as HDF5."""
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        file.attrs["task"] = reference.task.name
        reference.yardstick.write(file)
        for split, features in reference.features.items():
            _write_features(features, file.create_group(split))
        for split, given in reference.given.items():
            for name, values in given._asdict().items():
                file[f"given/{split}/{name}"] = values
        for name in reference.task.sample_arrays:
            file[f"examples/{name}"] = getattr(reference.examples, name)


def load_reference(path: Path) -> Reference:
    """Read a reference.

    Raises:
        UserError: the file is missing or is no reference.
    """
    task = of_file(path)
    try:
        with h5py.File(path) as file:
            given = {
                split: task.given(**{k: file[f"given/{split}/{k}"][:] for k in task.given._fields})
                for split in HELD_OUT
            }
            examples = {k: file[f"examples/{k}"][:] for k in task.sample_arrays}
            return Reference(
                task,
                task.read_yardstick(file),
                {split: _read_features(file[split]) for split in HELD_OUT},
                given,
                task.sample(**examples),
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


def _first(task: Task, chunks: Iterable[Any]) -> Any:
    """Return the first few samples, copied, so that the chunk they come from can go."""
    first = next(chunk for chunk in chunks if len(chunk)).select(slice(0, task.n_examples))
    return task.sample(**{name: getattr(first, name).copy() for name in task.sample_arrays})
