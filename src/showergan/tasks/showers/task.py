"""Showers as a task: from entry point and momentum of a particle to the image of its shower in a calorimeter."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from showergan.config.networks import ShowerGenerator
from showergan.config.tasks.showers import SPEC, Representation, Samples
from showergan.config.validation import validated
from showergan.io.files import say
from showergan.networks.description import describe
from showergan.tasks.showers import dataset
from showergan.tasks.showers.checks import checked
from showergan.tasks.showers.conditions import Conditioning, generated, training_tensors
from showergan.tasks.showers.embedding import EmbeddingRegressor, load_embedding
from showergan.tasks.showers.energy_response import EnergyResponse
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.particle_files import check_conditions, read_particles
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.reference_statistics import (
    ShowerReferenceStatistics,
    clipped,
    features_of,
    reference_statistics,
    reference_statistics_of,
)
from showergan.tasks.showers.sample import Particles, Showers
from showergan.tasks.showers.shower_file import read_showers, write_hdf5, write_npz
from showergan.tasks.showers.simulators import repeat
from showergan.tasks.showers.standalone import Standalone
from showergan.tasks.task import Task, TrainingSet

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
    conditioning = Conditioning(form or "raw", frame=frame, response=response)
    conditioning = conditioning.fitted(*sample.conditions)
    if names := conditioning.without_spread(*sample.conditions):
        say(f"Conditions that do not differ, of which nothing can be learned: {', '.join(names)}")
    tensors = training_tensors(sample, conditioning, device)
    return TrainingSet(*tensors, sample.conditions, conditioning)


def write_samples(out: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write showers as npz in the published format, or as HDF5."""
    if out.suffix == ".npz":
        write_npz(out, n, chunks)
    else:
        write_hdf5(out, n, chunks, origin)


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
    read_conditions=read_particles,
    write_samples=write_samples,
    reference_statistics=reference_statistics,
    read_reference_statistics=ShowerReferenceStatistics.read,
    features=lambda samples, statistics, embedding, recipe, device: features_of(
        samples, embedding, recipe.statistics, statistics.impact_depth_cm, device
    ),
    examples=lambda samples: {"energy": np.concatenate([clipped(s.energy) for s in samples])},
    read_samples=read_showers,
    check_samples=checked,
    reference_statistics_of=reference_statistics_of,
    repeat=lambda path: repeat(dataset.simulation_of(path)),
    load_embedding=load_embedding,
    standalone=Standalone,
    further_networks=lambda: {
        "embedding": describe(EmbeddingRegressor(), energy=torch.zeros(2, *SAMPLE_SHAPE))
    },
)
