"""The real showers that generated ones are held against: features, bins and ceilings, computed once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.metrics.conditional import conditional_prd
from showergan.metrics.partition import Partition, equal_rectangles, quantile_rectangles
from showergan.metrics.statistics import PhysicsStatistics, physics_statistics
from showergan.networks.embedding import EmbeddingRegressor, predict
from showergan.showers import dataset
from showergan.showers.conditions import conditions
from showergan.showers.sample import Showers

Split = Literal["select", "test"]
SPLITS: tuple[Split, ...] = ("select", "test")
SPACES = ("E", "P", "P_std")
N_EXAMPLES = 8


@dataclass(frozen=True)
class Scale:
    """Centre and scale of the physics statistics of the real training showers, each of shape (4,).

    The median, and half the distance between the 16 % and 84 % quantiles: one sd for a Gaussian.
    """

    centre: NDArray[np.float64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, statistics: NDArray[np.float64]) -> "Scale":
        """Return the scale of statistics of shape (n, 4); invalid ones are NaN and left out."""
        low, centre, high = np.nanquantile(statistics, [0.158655, 0.5, 0.841345], axis=0)
        return cls(centre, np.maximum((high - low) / 2, np.finfo(float).tiny))

    def __call__(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return standardised statistics."""
        return (statistics - self.centre) / self.scale


@dataclass(frozen=True)
class Features:
    """What the metrics see of a sample of showers.

    Attributes:
        spaces: features by space: E (n, 64), P (n, 4), P_std (n, 4).
        bins: bin of the entry point, shape (n,).
    """

    spaces: dict[str, NDArray[np.floating]]
    bins: NDArray[np.integer]


@dataclass(frozen=True)
class Reference:
    """Features of the real select and test showers, and what is needed to compute them of others.

    Attributes:
        scale: of the physics statistics.
        partition: bins of the entry point.
        features: by split.
        point: entry points in cm by split, shape (n, 2).
        momentum: momenta in GeV by split, shape (n, 3).
        examples: a few real test showers for pictures.
    """

    scale: Scale
    partition: Partition
    features: dict[Split, Features]
    point: dict[Split, NDArray[np.float32]]
    momentum: dict[Split, NDArray[np.float32]]
    examples: Showers = field(repr=False)

    def condition(self, split: Split) -> NDArray[np.float32]:
        """Return the conditions of a split, shape (n, 7)."""
        return conditions(self.point[split], self.momentum[split])


def features_of(
    showers: Showers,
    bins: NDArray[np.integer],
    regressor: EmbeddingRegressor,
    form: Literal["corrected", "published"],
    scale: Scale,
    device: torch.device,
) -> tuple[Features, PhysicsStatistics]:
    """Return the features of showers, and their physics statistics with the validity flags."""
    energy = torch.from_numpy(showers.energy).unsqueeze(1)
    embedding = torch.cat([predict(regressor, e.to(device))[0].cpu() for e in energy.split(1000)])
    statistics = physics_statistics(showers.energy, showers.point, showers.momentum, form)
    spaces = {
        "E": embedding.numpy(),
        "P": statistics.values,
        "P_std": scale(statistics.values),
    }
    return Features(spaces, bins), statistics


def make_reference(
    path: Path, regressor: EmbeddingRegressor, recipe: Evaluation, device: torch.device
) -> Reference:
    """Compute the features of the real showers in the data set at `path`."""
    train = dataset.load(path, "train")
    form = recipe.statistics
    scale = Scale.of(physics_statistics(train.energy, train.point, train.momentum, form).values)
    partition = partition_of(recipe, dataset.attributes(path), train.point)
    showers = {split: dataset.load(path, split) for split in SPLITS}
    features = {
        split: features_of(s, partition.assign(s.point), regressor, form, scale, device)[0]
        for split, s in showers.items()
    }
    return Reference(
        scale,
        partition,
        features,
        {split: s.point for split, s in showers.items()},
        {split: s.momentum for split, s in showers.items()},
        showers["test"].select(slice(0, N_EXAMPLES)),
    )


def partition_of(
    recipe: Evaluation, attributes: dict[str, object], points: NDArray[np.float32]
) -> Partition:
    """Return the bins of the entry point, from the training rectangle or the training points (n, 2) in cm."""
    if recipe.partition.kind == "quantiles":
        return quantile_rectangles(points, *recipe.partition.bins)
    return equal_rectangles(attributes["train_rectangle_cm"], *recipe.partition.bins)  # type: ignore[arg-type]


def ceilings(reference: Reference, recipe: Evaluation) -> pd.DataFrame:
    """Score the real select showers against the real test showers: what a perfect generator would get."""
    select, test = reference.features["select"], reference.features["test"]
    return pd.concat(
        [
            score(test.spaces[space], select.spaces[space], test.bins, select.bins, recipe).assign(
                space=space
            )
            for space in SPACES
        ],
        ignore_index=True,
    )


def score(
    real: NDArray[np.floating],
    other: NDArray[np.floating],
    real_bins: NDArray[np.integer],
    other_bins: NDArray[np.integer],
    recipe: Evaluation,
) -> pd.DataFrame:
    """Return the conditional PRD scores of `other` against `real` with the settings of the recipe."""
    if recipe.invalid_rows == "drop":
        real_kept, other_kept = (np.isfinite(f).all(axis=1) for f in (real, other))
        real, real_bins = real[real_kept], real_bins[real_kept]
        other, other_bins = other[other_kept], other_bins[other_kept]
    table = conditional_prd(
        real,
        other,
        real_bins,
        other_bins,
        recipe.partition.bins[0] * recipe.partition.bins[1],
        clusters=recipe.clusters,
        repeats=recipe.repeats,
        n_min=recipe.events_per_cluster * recipe.clusters,
        seed=recipe.seed,
    )
    if recipe.empty_bins == "zero":
        scores = ["prd_auc", "f8", "f1_8"]
        single = ~table["bin"].isin(["all", "mean"])
        table.loc[single, scores] = table.loc[single, scores].fillna(0)
        table.loc[table["bin"] == "mean", scores] = table.loc[single, scores].mean().to_numpy()
    return table


def save_reference(reference: Reference, path: Path) -> None:
    """Write the reference as HDF5."""
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        file.attrs["x_edges_cm"] = reference.partition.x_edges
        file.attrs["y_edges_cm"] = reference.partition.y_edges
        file["scale/centre"], file["scale/scale"] = reference.scale.centre, reference.scale.scale
        for split in SPLITS:
            group = file.create_group(split)
            group["point_cm"], group["momentum_GeV"] = (
                reference.point[split],
                reference.momentum[split],
            )
            group["bin"] = reference.features[split].bins
            for space in SPACES:
                group[f"features/{space}"] = reference.features[split].spaces[space]
        for name in ("energy", "point", "momentum"):
            file[f"examples/{name}"] = getattr(reference.examples, name)


def load_reference(path: Path) -> Reference:
    """Read a reference.

    Raises:
        UserError: the file is missing or is no reference.
    """
    try:
        with h5py.File(path) as file:
            return Reference(
                Scale(file["scale/centre"][:], file["scale/scale"][:]),
                Partition(
                    tuple(file.attrs["x_edges_cm"].tolist()),
                    tuple(file.attrs["y_edges_cm"].tolist()),
                ),
                {
                    split: Features(
                        {space: file[f"{split}/features/{space}"][:] for space in SPACES},
                        file[f"{split}/bin"][:],
                    )
                    for split in SPLITS
                },
                {split: file[f"{split}/point_cm"][:] for split in SPLITS},
                {split: file[f"{split}/momentum_GeV"][:] for split in SPLITS},
                Showers(
                    file["examples/energy"][:],
                    file["examples/point"][:],
                    file["examples/momentum"][:],
                    None,
                ),
            )
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; `showergan reference` writes it") from None
    except (OSError, KeyError) as error:
        raise UserError(f"{path}: not written by `showergan reference` ({error})") from None
