"""Trained generators: their files, and the generation of samples with them."""

import io
import json
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, create_model
from torch import Tensor

from showergan.config.kinds import one_of
from showergan.config.networks import GeneratorNetwork
from showergan.config.section import Section
from showergan.config.tasks.found import DEFAULT
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.io.damage import damage, in_place_of
from showergan.io.device import device_of
from showergan.io.files import atomic_write
from showergan.io.weights import read_weights, with_weights
from showergan.networks.base import Generator, build
from showergan.tasks.found import TASKS
from showergan.tasks.task import Task

States = dict[int, dict[str, Tensor]]
CHUNK = {"running": 250, "batch": 64}  # samples at a time; 64 are the batch of the published code
_AT_ONCE = 125  # samples in a network at a time, whose layers stay in the cache; in mode "batch" all of a chunk


class Condition(Section):
    """A condition of generated samples: name, also of its column in tables, unit, and range in the training set."""

    name: str
    unit: str
    low: float
    high: float


class Divergence(Section):
    """The step at which a loss was infinite, NaN, or too large, and the epochs to keep that were not reached."""

    step: int
    epochs: tuple[int, ...]


class Description(Section):
    """All of a generator but its weights; `description_of` adds the types of a task.

    Attributes:
        format: of the file; raised when files become unreadable for earlier versions.
        task: of the samples.
        network: kind and parameters, among them distribution and size of its noise.
        samples: what is generated.
        conditions: of the samples, in the order of the task's `condition_names`.
        conditioning: from the conditions to the network's input.
        average: decay of the average over generator steps that the weights are, None where they are as trained.
        diverged: where the training ended early.
        provenance: recipe and data of the training, versions, machine.
    """

    format: Literal[1] = 1
    task: str = ""
    network: one_of(GeneratorNetwork)  # type: ignore[valid-type]
    samples: Any = None
    conditions: tuple[Condition, ...]
    conditioning: Any
    average: float | None
    diverged: Divergence | None = Field(None, exclude_if=lambda diverged: diverged is None)
    provenance: dict[str, Any]


@cache
def description_of(task: Task) -> type[Description]:
    """Return the description of generators of a task, with its types of samples and of conditioning."""
    name: Any = Literal[task.name]
    return create_model(
        "Description",
        __base__=Description,
        task=(name, task.name),
        samples=(task.samples, task.samples()),
        conditioning=(task.conditioning, ...),
    )


def conditions_of(task: Task, values: NDArray[np.float32]) -> tuple[Condition, ...]:
    """Return the conditions of a task with their ranges over those of training samples, shape (n, c)."""
    low, high = values.min(axis=0).tolist(), values.max(axis=0).tolist()
    columns = zip(task.condition_names, task.condition_units, low, high, strict=True)
    return tuple(Condition(name=n, unit=u, low=a, high=b) for n, u, a, b in columns)


def outside(conditions: tuple[Condition, ...], values: NDArray[np.float32]) -> str | None:
    """Return a warning about the rows of values, shape (n, c), outside the ranges of the training; None without any."""
    beyond = (values < [c.low for c in conditions]) | (values > [c.high for c in conditions])
    if not beyond.any():
        return None
    counts = [
        f"{c.name} of {n} (trained from {c.low:.4g} to {c.high:.4g})"
        for c, n in zip(conditions, np.count_nonzero(beyond, axis=0), strict=True)
        if n
    ]
    return (
        f"{np.count_nonzero(beyond.any(axis=1))} of {len(values)} conditions lie outside the range of the training, "
        f"what is generated for them is extrapolated: {', '.join(counts)}"
    )


@dataclass(frozen=True)
class TrainedGenerator:
    """A trained generator: its description, and its weights by epoch."""

    description: Description
    states: States

    @property
    def task(self) -> Task:
        """The task of the samples."""
        return TASKS[self.description.task].of(self.description.samples)

    @property
    def epochs(self) -> list[int]:
        """The epochs whose weights were kept, in order."""
        return sorted(self.states)

    @property
    def last(self) -> int:
        """The last epoch; a `UserError` if the training diverged before the first."""
        diverged = self.description.diverged
        if diverged and not self.states:
            raise UserError(
                f"The training diverged at step {diverged.step}, before there was a generator to keep: "
                "train with smaller learning rates."
            )
        return self.epochs[-1]

    def network(self, epoch: int | None = None) -> Generator:
        """Return the network with the weights of an epoch, by default the last; a `UserError` if it was not kept."""
        last = self.last
        epoch = last if epoch is None else epoch
        if epoch not in self.states:
            kept = ", ".join(map(str, self.epochs))
            raise UserError(f"Epoch {epoch} of the generator was not kept. Choose of {kept}.")
        return with_weights(self._build, self.states[epoch]).eval()

    def _build(self) -> Generator:
        task = self.task
        return build(self.description.network, task.sample_shape, task.n_conditions)

    def with_unreached(self) -> "TrainedGenerator":
        """Return it with weights that are not numbers at the epochs that a diverged training did not reach."""
        diverged = self.description.diverged
        if not diverged:
            return self
        with torch.device("meta"):
            own = self._build().state_dict()
        state = {
            name: torch.full(v.shape, torch.nan if v.is_floating_point() else 0, dtype=v.dtype)
            for name, v in own.items()
        }
        return replace(self, states=self.states | dict.fromkeys(diverged.epochs, state))

    def generate(
        self,
        *conditions: ArrayLike,
        seed: int,
        n: int | None = None,
        epoch: int | None = None,
        device: str | torch.device = "cpu",
    ) -> NDArray[np.float32]:
        """Return samples: of showers energy deposits in MeV, shape (n, 30, 30); row = y, column = x.

        A warning names conditions outside the range of the training.

        Args:
            *conditions: of the samples: for showers entry points x, y in cm, shape (m, 2), and px, py, pz in GeV,
                shape (m, 3), pz > 0; nothing for a task without conditions.
            seed: of the noise, an integer from 0; the first samples are the same for any n.
            n: number of samples, by default one for each row; more begin again with the first row.
            epoch: which of the kept ones, by default the last.
            device: where to generate; devices differ in their random numbers.

        Raises:
            UserError: Impossible conditions, a negative seed, less than one sample, an epoch that was not kept, or no
                such device.
        """
        if not isinstance(seed, Integral) or seed < 0:
            raise UserError(f"seed = {seed!r}: give an integer of at least 0.")
        checked = self.task.check_conditions(*conditions)
        if warning := outside(self.description.conditions, checked.as_array):
            warnings.warn(warning, stacklevel=2)
        chunks = self.sampled(checked, int(seed), device_of(device), n=n, epoch=epoch)
        name = self.task.sample_arrays[0]
        return np.concatenate([getattr(chunk, name) for chunk in chunks])

    def sampled(
        self,
        conditions: Any,
        seed: int,
        device: torch.device,
        mode: Literal["running", "batch"] = "running",
        *,
        n: int | None = None,
        epoch: int | None = None,
    ) -> Iterator[Any]:
        """Yield samples some at a time, see `generate`; a `UserError` if n is below 1, or the epoch was not kept."""
        if n is not None and n < 1:
            raise UserError(f"n = {n}: ask for at least 1 sample.")
        conditioning = self.description.conditioning
        network = self.network(epoch)
        return generate(self.task, network, conditioning, conditions, seed, device, mode, n)


def generate(
    task: Task,
    generator: Generator,
    conditioning: Any,
    conditions: Any,
    seed: int,
    device: torch.device,
    mode: Literal["running", "batch"] = "running",
    n: int | None = None,
) -> Iterator[Any]:
    """Yield samples in order, some at a time.

    Sample i of n is made for row i of the conditions, counted modulo their number, which is the default of n. In the
    mode "running" BatchNorm uses its running statistics; in "batch" those of batches of 64, and the running ones
    change. The conditioning is that of the training.
    """
    generator.to(device).train(mode == "batch")
    noise = torch.Generator(device).manual_seed(seed)
    random = np.random.default_rng([seed, 1])  # of its own, so that noise is the same without it
    inputs = torch.from_numpy(conditioning.of(*conditions))
    m, size = len(inputs), CHUNK[mode]
    n = m if n is None else n
    for first in range(0, n, size):
        rows = np.arange(first, min(first + size, n)) % m
        # Whole chunks of noise, because what the first rows hold may depend on how many are drawn.
        drawn = generator.draw_noise(size, noise)[: len(rows)]
        parts = zip(drawn.split(_AT_ONCE), inputs[rows].to(device).split(_AT_ONCE), strict=True)
        with torch.no_grad():
            output = torch.cat([generator(*part) for part in parts])
        part = task.conditions(*(values[rows] for values in conditions))
        yield task.to_samples(output, part, conditioning, random)


def save_generator(description: Description, states: States, path: Path) -> None:
    """Write a generator file; the same description and weights by epoch give the same bytes."""
    # Equal texts that are one object are pickled otherwise than those that are two.
    described = json.loads(description.model_dump_json())
    kept = {
        epoch: {sys.intern(name): value for name, value in states[epoch].items()}
        for epoch in sorted(states)
    }
    content = io.BytesIO()  # into a file, torch would write the file's name too
    torch.save({**described, "states": kept}, content)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def load_generator(path: Path | str) -> TrainedGenerator:
    """Read a trained generator from a file; nothing in it is run.

    Args:
        path: generator.pt, which `showergan train` wrote.

    Returns:
        The generator. Its `generate` makes samples, of showers energy deposits in MeV; `epochs` are those whose weights
        were kept; `description.conditions` names the conditions, with their units and ranges in the training.

    Raises:
        UserError: The file is missing, is none that `train` wrote, or one that this version cannot generate with.

    Examples:
        >>> import showergan
        >>> generator = showergan.load_generator("generator.pt")
        >>> [(c.name, c.unit) for c in generator.description.conditions]
        [('px_GeV', 'GeV'), ('py_GeV', 'GeV'), ('pz_GeV', 'GeV'), ('x_cm', 'cm'), ('y_cm', 'cm')]
        >>> point = [[0.5, -1.0], [2.0, 0.0]]  # x, y [cm] of two particles
        >>> momentum = [[1.0, 0.5, 20.0], [0.0, -2.0, 35.0]]  # px, py, pz [GeV]
        >>> energy = generator.generate(point, momentum, seed=1)  # [MeV]
        >>> energy.shape
        (2, 30, 30)
        >>> generator.generate(point, [[1.0, 0.5, -20.0]] * 2, seed=1)
        Traceback (most recent call last):
        showergan.errors.UserError: 2 of 2 particles have pz <= 0 (rows 0, 1). Correct or remove them.
    """
    remedy = in_place_of(path, "a generator.pt that `showergan train` wrote")
    content = read_weights(path, "is no generator file", remedy)
    states = content.pop("states", None)
    if not isinstance(states, dict) or not all(
        isinstance(epoch, int) and isinstance(state, dict) for epoch, state in states.items()
    ):
        raise UserError(f"{path} is no generator file (it has no weights by epoch). {remedy}")
    name = content.get("task")
    # A file of an unknown task, or of none, is refused by the model of the default one.
    model = description_of(TASKS[name if isinstance(name, str) and name in TASKS else DEFAULT])
    generator = TrainedGenerator(validated(model, content, f"description in {path}"), states)
    if not states and not generator.description.diverged:
        raise UserError(f"{path} has no weights. {remedy}")
    names = tuple(c.name for c in generator.description.conditions)
    if names != generator.task.condition_names:
        raise UserError(f"{path} has other conditions than its task: {', '.join(names)}. {remedy}")
    with damage(path, "has weights that are not those of its network", remedy, (Exception,)):
        for epoch in generator.epochs:
            generator.network(epoch)
    return generator
