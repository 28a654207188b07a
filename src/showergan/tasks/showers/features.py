"""What the metrics see of a sample of showers."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.metrics.features import NOT_FINITE, Features
from showergan.metrics.metric import EMBEDDING
from showergan.tasks.showers.embedding import EmbeddingRegressor, predict
from showergan.tasks.showers.particles import Particles
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
COUNTS = ("n_clipped_cells", NOT_FINITE, *(f"n_{flag}" for flag in FLAGS))

LARGEST_ENERGY_MEV = 1e7  # per cell; energies above are set to it, and counted


def features_of(
    chunks: Iterable[Showers],
    regressor: EmbeddingRegressor | None,
    form: Literal["corrected", "published"],
    impact_depth_cm: float,
    device: torch.device,
) -> Features:
    """Return the features of showers that come in chunks; the images are not kept.

    The spaces are E, the 64 numbers of the embedding, and P, the four physics statistics; the quantities `QUANTITIES`,
    the conditions those of `Particles`, the counts `COUNTS`. Their own are the residuals: what the network reads of the
    particle from the shower, minus the true values, in GeV and cm. E and residuals are missing without a network.
    """
    first, *others = (
        _features(chunk, regressor, form, impact_depth_cm, device) for chunk in chunks
    )
    return first.followed_by(*others)


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
    conditions = Particles(showers.point, showers.momentum).conditions
    spaces: dict[str, NDArray[np.floating]] = {"P": statistics.values}
    own = {}
    if regressor is not None:
        images = torch.from_numpy(energy).unsqueeze(1).to(device)
        embedding, targets = (part.cpu().numpy() for part in predict(regressor, images))
        spaces = {EMBEDDING: embedding, **spaces}
        own["residuals"] = targets - conditions
    return Features(
        spaces,
        {
            **dict(zip(STATISTICS, statistics.values.T, strict=True)),
            **{name: seen[name].to_numpy() for name in OBSERVABLES},
        },
        conditions,
        {
            "n_clipped_cells": int((showers.energy > LARGEST_ENERGY_MEV).sum()),
            NOT_FINITE: int((~np.isfinite(showers.energy)).any(axis=(1, 2)).sum()),
            **{f"n_{flag}": n for flag, n in flag_counts(statistics).items()},
        },
        own,
    )
