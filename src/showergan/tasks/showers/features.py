"""What the metrics see of a sample of showers."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from showergan.metrics.features import EMBEDDING, NOT_FINITE, Features
from showergan.tasks.showers.embedding import EmbeddingRegressor, predict
from showergan.tasks.showers.particles import CONDITIONS
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.statistics import FLAGS, STATISTICS, observables, physics_statistics

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
    particle from the shower, minus the true values, in GeV and cm. E and residuals are missing without a network. Of
    showers whose energy was scaled, counts are of what they were before; of that there are P and quantities, too.
    """

    def of(showers: Showers) -> Features:
        energy, conditions, own = clipped(showers.energy), showers.conditions.as_array, {}
        statistics, flags = physics_statistics(energy, *showers.conditions, form, impact_depth_cm)
        spaces: dict[str, NDArray[np.floating]] = {"P": statistics}
        quantities = quantities_of(energy, statistics)
        made, unscaled = showers.energy, None
        if showers.unscaled is not None:
            made = showers.unscaled
            energies = clipped(made)
            before, flags = physics_statistics(energies, *showers.conditions, form, impact_depth_cm)
            unscaled = Features({"P": before}, quantities_of(energies, before), conditions, {}, {})
        if regressor is not None:
            images = torch.from_numpy(energy).unsqueeze(1).to(device)
            embedding, targets = (part.cpu().numpy() for part in predict(regressor, images))
            spaces = {EMBEDDING: embedding, **spaces}
            # NaN of what all training showers have in common, which the network does not read.
            read = [CONDITIONS.index(name) for name in regressor.targets if name in CONDITIONS]
            residuals = np.full(conditions.shape, np.nan, np.float32)
            if read:
                residuals[:, read] = targets - conditions[:, read]
            own["residuals"] = residuals
        counts = (
            (made > LARGEST_ENERGY_MEV).sum(),
            (~np.isfinite(made)).any(axis=(1, 2)).sum(),
            *flags.sum(axis=0),
        )
        told = dict(zip(COUNTS, map(int, counts), strict=True))
        return Features(spaces, quantities, conditions, told, own, unscaled)

    first, *others = map(of, chunks)
    return first.followed_by(*others)


def quantities_of(
    energy: NDArray[np.float32], statistics: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return `QUANTITIES` of images (n, 30, 30) in MeV with physics statistics (n, 4)."""
    return dict(zip(STATISTICS, statistics.T, strict=True)) | observables(energy)


def clipped(energy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return energies in MeV, none above `LARGEST_ENERGY_MEV`; what is not a number stays so."""
    return np.minimum(energy, np.float32(LARGEST_ENERGY_MEV))
