"""Showers as a task: from entry point and momentum of a particle to the image of its shower in a calorimeter."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.config.evaluation import Evaluation
from showergan.config.networks import ShowerGenerator
from showergan.config.tasks.showers import SPEC, Representation, Samples
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.io.files import say
from showergan.metrics.features import Features
from showergan.networks.description import describe
from showergan.tasks.showers import dataset, simulators
from showergan.tasks.showers.conditions import Conditioning, generated, training_tensors
from showergan.tasks.showers.embedding import EmbeddingRegressor, load_embedding
from showergan.tasks.showers.energy_response import EnergyResponse
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.particle_files import checked, read_particles
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.reference_statistics import (
    ShowerReferenceStatistics,
    clipped,
    features_of,
    fitted_depth_cm,
    impact_depth_cm,
    reference_statistics_of,
)
from showergan.tasks.showers.sample import Particles, Showers
from showergan.tasks.showers.shower_file import read_showers, write_hdf5, write_npz
from showergan.tasks.showers.standalone import Standalone
from showergan.tasks.task import Repeat, Task, TrainingSet

SAMPLE_SHAPE = (1, 30, 30)


def training_set(
    path: Path,
    form: Literal["raw", "scaled"] | None,
    device: torch.device,
    representation: Mapping[str, str] | None = None,
) -> TrainingSet:
    """Return log1p images (n, 1, 30, 30) and the seven conditions of each; see `Task`."""
    chosen = validated(Representation, representation or {}, "recipe: its representation")
    sample = dataset.load(path, "train")
    frame, response = None, None
    if chosen.frame == "particle":
        frame = ParticleFrame(depth_cm=dataset.shower_depth_cm(path))
    if chosen.energy == "response":
        response = EnergyResponse.fitted(sample.energy, sample.momentum)
    conditioning = Conditioning.fitted(form or "raw", *sample.conditions, frame, response)
    if names := conditioning.without_spread(*sample.conditions):
        say(f"Conditions that do not differ, of which nothing can be learned: {', '.join(names)}")
    tensors = training_tensors(sample, conditioning, device)
    return TrainingSet(*tensors, sample.conditions, conditioning)


def check_conditions(*values: Any) -> Particles:
    """Return particles of two arrays, points and momenta."""
    if len(values) != 2:
        raise UserError(f"Give two arrays, points and momenta, and no {len(values)}.")
    return checked(*values)


def read_conditions(path: Path | None, n: int | None) -> Particles:
    """Return the particles of a file, however many samples are wanted."""
    if path is None:
        raise UserError("--conditions: give a file of the particles to generate showers for.")
    return read_particles(path)


def read_samples(path: Path, mend: bool = False) -> Iterator[Showers]:
    """Read showers in the published format, or HDF5 like ours; negative energies become 0 or are refused."""
    return read_showers(path, "clip" if mend else "error")


def write_samples(out: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write showers as npz in the published format, or as HDF5."""
    if out.suffix == ".npz":
        write_npz(out, n, chunks)
    else:
        write_hdf5(out, n, chunks, origin)


def reference_statistics(
    path: Path, recipe: Evaluation, device: torch.device
) -> tuple[ShowerReferenceStatistics, Features]:
    """Return scales and bins, which the training showers fix, and the features of these without an embedding."""
    depth = impact_depth_cm(path, recipe)
    train = features_of(dataset.stream(path, "train"), None, recipe.statistics, depth, device)
    return reference_statistics_of(depth, train, recipe), train


def reference_statistics_of_file(
    path: Path, recipe: Evaluation, device: torch.device
) -> ShowerReferenceStatistics:
    """Return scales, bins and depth that the showers of a file fix."""
    depth = fitted_depth_cm(read_samples(path), recipe)
    seen = features_of(read_samples(path), None, recipe.statistics, depth, device)
    return reference_statistics_of(depth, seen, recipe)


def features(
    samples: Iterable[Showers],
    statistics: ShowerReferenceStatistics,
    embedding: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
) -> Features:
    """Return the features of showers; without an embedding neither E nor residuals."""
    depth = statistics.impact_depth_cm
    return features_of(samples, embedding, recipe.statistics, depth, device)


def examples(samples: Iterable[Showers]) -> dict[str, NDArray[Any]]:
    """Return energies in MeV, shape (n, 30, 30)."""
    return {"energy": np.concatenate([clipped(sample.energy) for sample in samples])}


def repeat(path: Path) -> Repeat | None:
    """Return the simulation that made the showers of a data set, None where none of ours did."""
    simulation = dataset.simulation_of(path)
    return partial(simulators.repeat, simulation) if simulators.can_repeat(simulation) else None


def further_networks() -> dict[str, list[dict[str, Any]]]:
    """Return the layers of the embedding regressor."""
    return {"embedding": describe(EmbeddingRegressor(), energy=torch.zeros(2, *SAMPLE_SHAPE))}


TASK = Task(
    **vars(SPEC),
    sample_shape=SAMPLE_SHAPE,
    n_conditions=7,
    start=ShowerGenerator(),
    metrics=METRICS,
    conditions=Particles,
    conditioning=Conditioning,
    samples_in=lambda path: Samples(),
    stream=dataset.stream,
    training_set=training_set,
    sample=partial(Showers, pdg=None),
    to_samples=generated,
    check_conditions=check_conditions,
    read_conditions=read_conditions,
    write_samples=write_samples,
    reference_statistics=reference_statistics,
    read_reference_statistics=ShowerReferenceStatistics.read,
    features=features,
    examples=examples,
    read_samples=read_samples,
    reference_statistics_of_file=reference_statistics_of_file,
    repeat=repeat,
    load_embedding=load_embedding,
    standalone=Standalone,
    further_networks=further_networks,
)
