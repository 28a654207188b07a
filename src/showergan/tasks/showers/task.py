"""Showers as a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from showergan.config.evaluation import Evaluation
from showergan.config.networks import ShowerGenerator
from showergan.config.section import Section
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.io.files import say
from showergan.metrics.features import Features
from showergan.metrics.registry import Registry
from showergan.networks.description import describe
from showergan.tasks.showers import dataset, simulators
from showergan.tasks.showers import sample as _sample
from showergan.tasks.showers.conditions import Conditioning, generated, training_tensors
from showergan.tasks.showers.data import Representation, ShowerData
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.embedding import load_embedding as _load_embedding
from showergan.tasks.showers.embedding_recipe import Embedding
from showergan.tasks.showers.energy_response import EnergyResponse
from showergan.tasks.showers.features import clipped, features_of
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.particle_files import checked as _checked
from showergan.tasks.showers.particle_files import read_particles
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.particles import Particles
from showergan.tasks.showers.particles import Particles as _Particles
from showergan.tasks.showers.reference_statistics import (
    ShowerReferenceStatistics,
    fitted_depth_cm,
    impact_depth_cm,
    reference_statistics_of,
)
from showergan.tasks.showers.reference_statistics import (
    ShowerReferenceStatistics as _ShowerReferenceStatistics,
)
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.shower_file import read_showers
from showergan.tasks.showers.standalone import Standalone
from showergan.tasks.showers.written import write_hdf5, write_npz
from showergan.tasks.splits import Split
from showergan.tasks.task import Task, TrainingSet


class Samples(Section):
    """What is generated, and what leads to it from the network's output.

    Attributes:
        shape: of one sample; rows are y, columns are x.
        transform: from a sample to what the network learned.
        inverse: from the network's output to a sample.
        largest_output: larger outputs are set to it before the inverse, whose result so stays a 32-bit float.
    """

    quantity: Literal["energy"] = "energy"
    unit: Literal["MeV"] = "MeV"
    shape: tuple[Literal[30], Literal[30]] = (30, 30)
    cell_cm: float = 1.0
    transform: Literal["log1p"] = "log1p"
    inverse: Literal["expm1"] = "expm1"
    largest_output: Literal[80] = 80


class _ShowerTask(Task):
    """From entry point and momentum of a particle to the image of its shower in a calorimeter."""

    name = "showers"
    about = (
        "Conditional GANs imitate the showers of an electromagnetic calorimeter: given the "
        "entry point and the momentum of a particle, the generator makes an image of 30 x 30 "
        "energy deposits. The score is PRD-AUC, the area under the curve of precision and "
        "recall of distributions: over an embedding of the images (E) and over physics "
        "statistics of the shower (P), for all showers and as the mean over bins of the entry "
        "point (bins-E, bins-P)."
    )
    data = ShowerData
    sections: ClassVar = {"embedding": Embedding()}
    own_data = True
    scores = ("E", "bins-E", "P", "bins-P", "P_std", "bins-P_std")
    choose_by = "bins-E"
    samples = Samples
    condition_names = ("px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm")
    condition_units = ("GeV", "GeV", "GeV", "cm", "cm")
    sample_shape = (1, 30, 30)
    n_conditions = 7
    sample_arrays = ("energy", "point", "momentum")
    n_examples = 8
    start = ShowerGenerator()
    has_embedding = True
    bars = ("fraction", "shuffled", "physics", "response", "resolution", "failed", "showers")

    @property
    def metrics(self) -> Registry:
        return METRICS

    @property
    def given(self) -> type[Particles]:
        return _Particles

    @property
    def conditioning(self) -> type[Conditioning]:
        return Conditioning

    def stream(self, path: Path, split: Split) -> Iterator[Showers]:
        return dataset.stream(path, split)

    def training_set(
        self,
        path: Path,
        form: Literal["raw", "scaled"] | None,
        device: torch.device,
        representation: Mapping[str, str] | None = None,
    ) -> TrainingSet:
        asked = validated(Representation, representation or {}, "recipe: its representation")
        sample = dataset.load(path, "train")
        frame, response = None, None
        if asked.frame == "particle":
            frame = ParticleFrame(depth_cm=dataset.shower_depth_cm(path))
        if asked.energy == "response":
            response = EnergyResponse.fitted(sample.energy, sample.momentum)
        conditioning = Conditioning.fitted(form or "raw", *sample.given, frame, response)
        if names := conditioning.without_spread(*sample.given):
            say(
                f"Conditions that do not differ, of which nothing can be learned: {', '.join(names)}"
            )
        tensors = training_tensors(sample, conditioning, device)
        return TrainingSet(*tensors, sample.given, conditioning)

    def sample(self, **arrays: NDArray[Any]) -> Showers:
        return _sample.Showers(**arrays, pdg=None)

    def made(
        self,
        output: Tensor,
        given: Particles,
        conditioning: Conditioning,
        random: np.random.Generator,
    ) -> Showers:
        return generated(output, given, conditioning, random)

    def checked(self, *given: Any) -> Particles:
        if len(given) != 2:
            raise UserError(f"Give two arrays, points and momenta, and no {len(given)}.")
        return _checked(*given)

    def read_given(self, path: Path | None, n: int | None) -> Particles:
        if path is None:
            raise UserError("--conditions: give a file of the particles to generate showers for.")
        return read_particles(path)

    def read_samples(self, path: Path, mend: bool = False) -> Iterator[Showers]:
        """Read showers in the published format, or HDF5 like ours."""
        treatment: Literal["error", "clip"] = "clip" if mend else "error"
        return read_showers(path, treatment)

    def write_samples(
        self, out: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]
    ) -> None:
        if out.suffix == ".npz":
            write_npz(out, n, chunks)
        else:
            write_hdf5(out, n, chunks, origin)

    def reference_statistics(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> tuple[ShowerReferenceStatistics, Features]:
        """Return scales and bins, which the training showers fix; these are not embedded."""
        depth, form = impact_depth_cm(path, recipe), recipe.statistics
        train = features_of(self.stream(path, "train"), None, form, depth, device)
        return reference_statistics_of(depth, train, recipe), train

    def reference_statistics_of_file(
        self, path: Path, recipe: Evaluation, device: torch.device
    ) -> ShowerReferenceStatistics:
        """Return scales, bins and depth that the showers of a file fix."""
        form = recipe.statistics
        depth = fitted_depth_cm(self.read_samples(path), recipe)
        seen = features_of(self.read_samples(path), None, form, depth, device)
        return reference_statistics_of(depth, seen, recipe)

    def read_reference_statistics(self, file: h5py.File) -> ShowerReferenceStatistics:
        return _ShowerReferenceStatistics.read(file)

    def features(
        self,
        samples: Iterable[Showers],
        reference_statistics: ShowerReferenceStatistics,
        embedding: EmbeddingRegressor | None,
        recipe: Evaluation,
        device: torch.device,
    ) -> Features:
        """Return the features of showers; without an embedding neither E nor residuals."""
        depth = reference_statistics.impact_depth_cm
        return features_of(samples, embedding, recipe.statistics, depth, device)

    def pictures(self, samples: Iterable[Showers]) -> dict[str, NDArray[Any]]:
        return {"energy": np.concatenate([clipped(s.energy) for s in samples])}

    def can_be_repeated(self, path: Path) -> bool:
        return simulators.can_repeat(dataset.simulation_of(path))

    def repeated(self, path: Path, given: Particles, seed: int) -> Iterator[Showers]:
        return simulators.repeat(dataset.simulation_of(path), given, seed)

    def load_embedding(self, path: Path, device: torch.device) -> EmbeddingRegressor:
        return _load_embedding(path, device)

    def standalone(self, network: nn.Module, description: Any) -> Standalone:
        return Standalone(network, description)

    def further_networks(self) -> dict[str, list[dict[str, Any]]]:
        image = torch.zeros(2, *self.sample_shape)
        return {"embedding": describe(EmbeddingRegressor(), energy=image)}


TASK = _ShowerTask()
