"""What the metrics see of a sample of showers."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.metrics.partition import Partition
from showergan.tasks.showers.embedding import EmbeddingRegressor, predict
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.statistics import (
    FLAGS,
    STATISTICS,
    flag_counts,
    observables,
    physics_statistics,
)

OBSERVABLES = ("total_energy_MeV", "occupancy", "centre_x_cm", "centre_y_cm")
QUANTITIES = (*STATISTICS, *OBSERVABLES)
ARRAYS = ("embedding", "residuals", "quantities", "point", "momentum")
COUNTS = ("n_clipped_cells", "n_not_finite", *(f"n_{flag}" for flag in FLAGS))

LARGEST_ENERGY_MEV = 1e7  # per cell; energies above are set to it, and counted

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Numbers of each of n showers.

    Attributes:
        embedding: (n, 64) or, without an embedding network, (n, 0).
        residuals: (n, 5) targets of the embedding network as read from the shower, minus the true
            ones, in GeV and cm; (n, 0) without a network.
        quantities: (n, 8) in the order of `QUANTITIES`; NaN where undefined.
        point: (n, 2) entry points in cm.
        momentum: (n, 3) momenta in GeV.
        counts: mishaps of the sample by name, see `COUNTS`.
    """

    embedding: NDArray[np.float32]
    residuals: NDArray[np.float32]
    quantities: _Array
    point: NDArray[np.float32]
    momentum: NDArray[np.float32]
    counts: dict[str, int]

    def __len__(self) -> int:
        return len(self.quantities)

    def take(self, index: NDArray[np.integer]) -> "Features":
        """Return the features of some of the showers, with the counts of all."""
        return Features(**{name: getattr(self, name)[index] for name in ARRAYS}, counts=self.counts)

    @property
    def conditions(self) -> NDArray[np.float32]:
        """px, py, pz in GeV and x, y in cm, shape (n, 5)."""
        return np.hstack([self.momentum, self.point])

    @property
    def momentum_GeV(self) -> _Array:
        """Sizes of the momenta, shape (n,)."""
        return np.linalg.norm(self.momentum.astype(np.float64), axis=1)


@dataclass(frozen=True)
class Scale:
    """Centre and scale of the physics statistics of the real training showers, each of shape (4,).

    The median, and half the distance between the 16 % and 84 % quantiles: one sd for a Gaussian.
    """

    centre: _Array
    scale: _Array

    @classmethod
    def of(cls, statistics: _Array) -> "Scale":
        """Return the scale of statistics of shape (n, 4); undefined ones are NaN and left out."""
        low, centre, high = np.nanquantile(statistics, [0.158655, 0.5, 0.841345], axis=0)
        return cls(centre, np.where(high > low, (high - low) / 2, 1.0))

    def __call__(self, statistics: _Array) -> _Array:
        """Return standardised statistics."""
        return (statistics - self.centre) / self.scale


@dataclass(frozen=True)
class Frame:
    """What every sample is measured with; the real training showers fix it.

    Attributes:
        impact_depth_cm: where the physics statistics take the impact point.
        scale: of the physics statistics.
        partition: bins of the entry point.
        energy_edges_GeV: edges of the bins of the size of the momentum, increasing.
    """

    impact_depth_cm: float
    scale: Scale
    partition: Partition
    energy_edges_GeV: tuple[float, ...]

    def energy_bins(self, features: Features) -> dict[str, NDArray[np.bool_]]:
        """Return which showers are in each bin of momentum; beyond the edges is the nearest bin."""
        edges = self.energy_edges_GeV
        index = np.searchsorted(edges[1:-1], features.momentum_GeV, side="right")
        pairs = pairwise(edges)
        return {f"{low:.3g}-{high:.3g} GeV": index == i for i, (low, high) in enumerate(pairs)}


def features_of(
    chunks: Iterable[Showers],
    regressor: EmbeddingRegressor | None,
    form: Literal["corrected", "published"],
    impact_depth_cm: float,
    device: torch.device,
) -> Features:
    """Return the features of showers that come in chunks; the images are not kept."""
    parts = [_features(chunk, regressor, form, impact_depth_cm, device) for chunk in chunks]
    return Features(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS},
        counts={name: sum(part.counts[name] for part in parts) for name in COUNTS},
    )


def clipped(energy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return energies in MeV, none above `LARGEST_ENERGY_MEV`; what is not a number stays so."""
    return np.minimum(energy, np.float32(LARGEST_ENERGY_MEV))


def _features(
    showers: Showers,
    regressor: EmbeddingRegressor | None,
    form: Literal["corrected", "published"],
    impact_depth_cm: float,
    device: torch.device,
) -> Features:
    energy = clipped(showers.energy)
    statistics = physics_statistics(energy, showers.point, showers.momentum, form, impact_depth_cm)
    seen = observables(energy)
    counts = {
        "n_clipped_cells": int((showers.energy > LARGEST_ENERGY_MEV).sum()),
        "n_not_finite": int((~np.isfinite(showers.energy)).any(axis=(1, 2)).sum()),
        **{f"n_{flag}": n for flag, n in flag_counts(statistics).items()},
    }
    if regressor is None:
        embedding = residuals = np.empty((len(showers), 0), np.float32)
    else:
        images = torch.from_numpy(energy).unsqueeze(1).to(device)
        embedding, targets = (part.cpu().numpy() for part in predict(regressor, images))
        residuals = targets - np.hstack([showers.momentum, showers.point])
    return Features(
        embedding,
        residuals,
        np.hstack([statistics.values, seen[list(OBSERVABLES)].to_numpy()]),
        showers.point,
        showers.momentum,
        counts,
    )
