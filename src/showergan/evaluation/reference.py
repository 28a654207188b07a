"""The real showers that generated ones are held against, and what real showers score: computed once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.evaluation.features import ARRAYS, QUANTITIES, Features, Frame, Scale, features_of
from showergan.evaluation.generation import generate
from showergan.evaluation.measure import measure
from showergan.evaluation.prd import prd_curves
from showergan.files import write_aside
from showergan.metrics.partition import Partition, equal_rectangles, quantile_rectangles
from showergan.metrics.statistics import PUBLISHED_DEPTH_CM
from showergan.networks.embedding import EmbeddingRegressor
from showergan.networks.generator import Generator
from showergan.showers import dataset
from showergan.showers.conditions import Conditioning
from showergan.showers.sample import Showers

Split = Literal["select", "test"]
SPLITS: tuple[Split, ...] = ("select", "test")
ENERGY_BINS = 5
N_EXAMPLES = 8


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test showers, and what is needed to measure others.

    Attributes:
        frame: what all samples are measured with.
        features: by split.
        examples: a few real test showers for pictures.
    """

    frame: Frame
    features: dict[Split, Features]
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
    return Reference(frame, features, _first(dataset.stream(path, "test"), N_EXAMPLES))


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


def anchors(
    path: Path,
    reference: Reference,
    regressor: EmbeddingRegressor,
    recipe: Evaluation,
    device: torch.device,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure what no generator can beat and what every generator should: the ends of each metric's scale.

    Args:
        path: the data set.
        reference: made from it.
        regressor: the embedding.
        recipe: settings of the metrics.
        device: where to generate and embed.

    Returns:
        As `measure` and as `prd_curves`, both with the column anchor: "ceiling", the real select showers against the
        real test showers, so what a perfect generator would get from as many events; "shuffled", the select showers
        with the conditions of other select showers, so what a generator would get that ignores its conditions;
        "untrained", a generator before training.
    """
    select, test = reference.features["select"], reference.features["test"]
    torch.manual_seed(recipe.seed)
    untrained = features_of(
        generate(
            Generator(),
            Conditioning(),
            test.point,
            test.momentum,
            recipe.seed,
            device,
            recipe.generator_mode,
        ),
        regressor,
        recipe.statistics,
        reference.frame.impact_depth_cm,
        device,
    )
    samples = {
        "ceiling": select,
        "shuffled": shuffled_features(path, select, regressor, recipe, device),
        "untrained": untrained,
    }
    metrics, curves = (
        pd.concat(
            [
                function(test, sample, reference.frame, recipe).assign(anchor=name)
                for name, sample in samples.items()
            ],
            ignore_index=True,
        )
        for function in (measure, prd_curves)
    )
    return metrics, curves


def shuffled_features(
    path: Path,
    select: Features,
    regressor: EmbeddingRegressor | None,
    recipe: Evaluation,
    device: torch.device,
) -> Features:
    """Return the features of the real select showers, each with the conditions of another one."""
    order = np.random.default_rng(recipe.seed).permutation(len(select))

    def shuffled() -> Iterator[Showers]:
        first = 0
        for chunk in dataset.stream(path, "select"):
            rows = order[first : first + len(chunk)]
            yield replace(chunk, point=select.point[rows], momentum=select.momentum[rows])
            first += len(chunk)

    depth = impact_depth_cm(path, recipe)
    return features_of(shuffled(), regressor, recipe.statistics, depth, device)


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
