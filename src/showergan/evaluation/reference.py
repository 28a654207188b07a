"""References: features of the real samples that generated ones are compared with, computed once and kept in a file."""

import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import h5py
import numpy as np
import torch
from numpy.typing import NDArray

from showergan.config.evaluation import Evaluation
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.io.damage import damage, in_place_of
from showergan.io.files import atomic_write, sha256_of
from showergan.io.hdf5 import opened_hdf5
from showergan.metrics.features import Features
from showergan.records.provenance import record_of
from showergan.tasks.data_set import check_splits
from showergan.tasks.found import of_file
from showergan.tasks.task import Task

HeldOut = Literal["select", "test"]
HELD_OUT: tuple[HeldOut, ...] = ("select", "test")

Extract = Callable[[Iterable[Any]], Features]
"""Computes the features of samples that come some at a time."""

_KINDS = ("spaces", "quantities", "own")  # of arrays of features


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test samples, and what is needed to generate and to measure others.

    Attributes:
        task: of the samples.
        reference_statistics: with which all samples are measured.
        features: by split.
        generator_conditions: that generators are measured with against each split.
        examples: a few real test samples for figures.
    """

    task: Task
    reference_statistics: Any
    features: dict[HeldOut, Features]
    generator_conditions: dict[HeldOut, Any]
    examples: Any = field(repr=False)

    def extractor(self, embedding: Any, recipe: Evaluation, device: torch.device) -> Extract:
        """Return what computes features as those of the real samples were; without an embedding fewer.

        It raises a `UserError` where the real samples have other features.
        """

        def checked(samples: Iterable[Any]) -> Features:
            statistics = self.reference_statistics
            features = self.task.features(samples, statistics, embedding, recipe, device)
            own = _shapes(features)
            for split, real in ((s, _shapes(f)) for s, f in self.features.items()):
                for name in sorted(real.keys() | own.keys()):
                    here, there = (shapes.get(name, "is missing") for shapes in (real, own))
                    if here != there:
                        raise UserError(
                            f"The reference does not fit the samples: {name} of {split}: {here}; of the samples: "
                            f"{there}. Give the reference and the embedding of the same run, or no embedding to both."
                        )
            return features

        return checked


class Origin(NamedTuple):
    """Settings of the metrics, version of the step, data set and embedding, if any, that a reference was made from."""

    recipe: Evaluation
    version: int
    data: Path
    embedding: Path | None


def origin_of(path: Path) -> Origin:
    """Return what a reference was made from, according to the record beside it.

    Raises:
        UserError: there is no such file or record, or one of the files has changed.
    """
    if not path.is_file():
        raise UserError(f"{path} does not exist. Give a run's reference/features.h5.")
    found = record_of(path)
    if found is None or found[1].step != "reference":
        raise UserError(
            f"{path}: no record (provenance.json) of `showergan reference` beside it says what it was made from. "
            "Give a run's reference/features.h5."
        )
    at, record = found
    for name, sha256 in (record.outputs | record.inputs).items():
        file = at.parent / name
        if not file.is_file() or sha256_of(file) != sha256:
            raise UserError(
                f"{path}: {file}, which its record names, is "
                f"{'not what it was' if file.is_file() else 'not there'}. Run snakemake again for this run."
            )
    raw = dict(record.recipe)
    version = raw.pop("recipe_version", 0)
    recipe = validated(Evaluation, raw, f"recipe in {at}")
    files = [Path(os.path.normpath(at.parent / name)) for name in record.inputs]
    data = [file for file in files if h5py.is_hdf5(file)]
    networks = [file for file in files if zipfile.is_zipfile(file)]  # as PyTorch saves them
    if len(data) != 1 or len(networks) > 1:
        raise UserError(f"{at} is no record of `showergan reference`.")
    return Origin(recipe, version, data[0], networks[0] if networks else None)


def make_reference(
    path: Path, embedding: Any, recipe: Evaluation, device: torch.device
) -> Reference:
    """Compute the features of the real samples in the data set at `path`; an embedding may be missing."""
    check_splits(path)
    task = of_file(path)
    reference_statistics, train = task.reference_statistics(path, recipe, device)
    how = reference_statistics, embedding, recipe, device
    features = {split: task.features(task.stream(path, split), *how) for split in HELD_OUT}
    # Copied, so that the chunk they come from can go.
    few = next(c for c in task.stream(path, "test") if len(c)).select(slice(0, task.n_examples))
    examples = task.sample(**{name: getattr(few, name).copy() for name in task.sample_arrays})
    conditions = _generator_conditions(task, recipe, train, features)
    return Reference(task, reference_statistics, features, conditions, examples)


def save_reference(reference: Reference, path: Path) -> None:
    """Write the reference as HDF5."""
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["task"] = reference.task.name
        reference.reference_statistics.write(file)
        for split, features in reference.features.items():
            group = file.create_group(split)
            group["conditions"] = features.conditions
            group.attrs.update(features.counts)
            for kind in _KINDS:
                # In their order, which is that of columns.
                part = group.create_group(kind, track_order=True)
                for name, values in getattr(features, kind).items():
                    part[name] = values
        for split, conditions in reference.generator_conditions.items():
            for name, values in conditions._asdict().items():
                file[f"generator_conditions/{split}/{name}"] = values
        for name in reference.task.sample_arrays:
            file[f"examples/{name}"] = getattr(reference.examples, name)


def load_reference(path: Path) -> Reference:
    """Read a reference; a `UserError` if the file is missing or is none."""
    task = of_file(path)
    remedy = in_place_of(path, "features.h5 that `showergan reference` wrote")
    with (
        damage(path, "was not written by `showergan reference`", remedy, (Exception,)),
        opened_hdf5(path, remedy) as file,
    ):
        conditions = {
            split: task.conditions(
                **_arrays(file[f"generator_conditions/{split}"], task.conditions._fields)
            )
            for split in HELD_OUT
        }
        examples = task.sample(**_arrays(file["examples"], task.sample_arrays))
        features = {split: _features(file[split]) for split in HELD_OUT}
        width = len(task.condition_names)
        arrays = [
            *(one.as_array for one in (*conditions.values(), examples.conditions)),
            *(one.conditions for one in features.values()),
        ]
        if any(array.shape[1:] != (width,) or not len(array) for array in arrays):
            raise ValueError(f"conditions are no arrays (n, {width}) with n > 0")
        return Reference(task, task.read_reference_statistics(file), features, conditions, examples)


def _shapes(features: Features) -> dict[str, str]:
    """Return the shape of each array of n objects in words."""
    arrays = {f"{kind} {name}": v for kind in _KINDS for name, v in getattr(features, kind).items()}
    return {
        name: f"shape {('n', *values.shape[1:])}".replace("'", "")
        for name, values in {"conditions": features.conditions, **arrays}.items()
    }


def _generator_conditions(
    task: Task, recipe: Evaluation, train: Features, features: dict[HeldOut, Features]
) -> dict[HeldOut, Any]:
    """Return the conditions of generated samples, by the split that they are measured against.

    "same": the conditions of the split itself. "independent": against test those of select, against select as many of
    training, so that no generated sample shares its conditions with a real one.
    """
    if recipe.conditions == "same":
        return {
            split: task.conditions.from_array(own.conditions) for split, own in features.items()
        }
    n_select, n_test = (len(features[split]) for split in HELD_OUT)
    # Drawn, for a split keeps the order of its file, which may be any.
    drawn = np.random.default_rng(recipe.seed).permutation(len(train))[:n_select]
    first = features["select"].conditions[: min(n_select, n_test)]
    return {
        "select": task.conditions.from_array(train.conditions[drawn]),
        "test": task.conditions.from_array(first),
    }


def _features(group: h5py.Group) -> Features:
    conditions = group["conditions"][:]
    kinds: dict[str, Any] = {
        kind: _arrays(group[kind], group[kind], len(conditions)) for kind in _KINDS
    }
    counts = {name: int(n) for name, n in group.attrs.items()}
    return Features(conditions=conditions, counts=counts, **kinds)


def _arrays(
    group: h5py.Group, names: Iterable[str], n: int | None = None
) -> dict[str, NDArray[Any]]:
    """Return arrays of numbers that are all as long as the first, or have n rows."""
    arrays = {name: group[name][:] for name in names}
    for name, values in arrays.items():
        n = len(values) if n is None else n
        if len(values) != n or values.dtype.kind not in "fiu":
            raise ValueError(f"{name} has type {values.dtype} and {len(values)} rows of {n}")
    return arrays
