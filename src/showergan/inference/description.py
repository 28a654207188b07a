"""What a generator file says of itself: how to generate with it, and where it comes from."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from showergan.config.section import Section
from showergan.inference.particles import COLUMNS, in_columns
from showergan.kinds import one_of
from showergan.networks import GeneratorNetwork
from showergan.tasks.showers.conditions import Conditioning


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


class Description(Section):
    """All but the weights.

    Attributes:
        format: of the file; raised when files become unreadable for earlier versions.
        task: what the samples are.
        network: kind and parameters, among them distribution and size of its noise.
        samples: what is generated.
        conditions: what it is generated for, in the order of `COLUMNS`.
        conditioning: from the conditions to the network's input.
        average: decay of the average over generator steps that the weights are, None where they are as trained.
        provenance: recipe and data of the training, versions, machine.
    """

    format: Literal[1] = 1
    task: Literal["showers"] = "showers"
    network: one_of(GeneratorNetwork)  # type: ignore[valid-type]
    samples: Samples = Samples()
    conditions: tuple[Condition, ...]
    conditioning: Conditioning
    average: float | None
    provenance: dict[str, Any]


def conditions_of(
    point: NDArray[np.float32], momentum: NDArray[np.float32]
) -> tuple[Condition, ...]:
    """Return the conditions with their ranges over training particles, given as in `Conditioning.of`."""
    values = in_columns(point, momentum)
    ranges = zip(COLUMNS, values.min(axis=0).tolist(), values.max(axis=0).tolist(), strict=True)
    return tuple(
        Condition(name=name, unit=name.split("_")[1], low=low, high=high)
        for name, low, high in ranges
    )


def outside(
    conditions: tuple[Condition, ...], point: NDArray[np.float32], momentum: NDArray[np.float32]
) -> str | None:
    """Say how many particles lie outside the ranges of the training; None where none does."""
    values = in_columns(point, momentum)
    beyond = (values < [c.low for c in conditions]) | (values > [c.high for c in conditions])
    if not beyond.any():
        return None
    counts = [
        f"{c.name} of {n} (trained from {c.low:.4g} to {c.high:.4g})"
        for c, n in zip(conditions, np.count_nonzero(beyond, axis=0), strict=True)
        if n
    ]
    return (
        f"{np.count_nonzero(beyond.any(axis=1))} of {len(values)} particles lie outside the range of the training, "
        f"their showers are extrapolated: {', '.join(counts)}"
    )
