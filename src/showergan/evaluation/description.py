"""What a generator file says of itself: how to generate with it, and where it comes from."""

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, create_model

from showergan.config.kinds import one_of
from showergan.config.networks import GeneratorNetwork
from showergan.config.section import Section
from showergan.tasks.task import Task


class Condition(Section):
    """A number that a sample is generated for.

    Attributes:
        name: also that of a column of a table of conditions.
        unit: of the number.
        low: smallest value in the training set.
        high: largest value in the training set.
    """

    name: str
    unit: str
    low: float
    high: float


class Divergence(Section):
    """How a training ended whose losses were no numbers any more, or exploded.

    Attributes:
        step: of the generator.
        epochs: those of which a generator was to be kept, and was not reached.
    """

    step: int
    epochs: tuple[int, ...]


class Description(Section):
    """All but the weights, as far as all tasks share it; see `description_of` for what a task adds.

    Attributes:
        format: of the file; raised when files become unreadable for earlier versions.
        task: what the samples are.
        network: kind and parameters, among them distribution and size of its noise.
        samples: what is generated.
        conditions: what it is generated for, in the order of the task's `condition_names`.
        conditioning: from the conditions to the network's input.
        average: decay of the average over generator steps that the weights are, None where they are as trained.
        diverged: how the training ended, where it did not go on to its end.
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
    """Return the description of a generator of a task, with what the task says of samples and conditions."""
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
    ranges = zip(
        task.condition_names,
        task.condition_units,
        values.min(axis=0).tolist(),
        values.max(axis=0).tolist(),
        strict=True,
    )
    return tuple(
        Condition(name=name, unit=unit, low=low, high=high) for name, unit, low, high in ranges
    )


def outside(conditions: tuple[Condition, ...], values: NDArray[np.float32]) -> str | None:
    """Say how many rows of values, shape (n, c), lie outside the ranges of the training; None where none does."""
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
