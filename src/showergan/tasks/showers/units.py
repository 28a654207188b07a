"""Units of energies and entry points in files: conversion to MeV and cm, and refusal of implausible values."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import EnergyUnit, LengthUnit
from showergan.errors import UserError
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE

MEV: dict[EnergyUnit, int] = {"MeV": 1, "GeV": 1000}  # MeV per unit
PER_CM: dict[LengthUnit, int] = {"cm": 1, "mm": 10}  # units per cm

# Visible energy over momentum. A calorimeter shows some tenths of a percent of the momentum (thin silicon between
# absorbers) to all of it (without absorbers, or calibrated). The limits are a factor of 1000 apart, so that energies
# are plausible in one unit at most.
LEAST_VISIBLE, MOST_VISIBLE = 0.002, 2
EDGE_CM = IMAGE_SHAPE[0] * CELL_CM / 2

_REMEDIES: dict[tuple[EnergyUnit, bool], str] = {  # by the unit and whether energies are too small
    ("MeV", True): "If EnergyDeposit is in GeV, set data.energy_unit: GeV; "
    "if ParticleMomentum is in MeV, save it in GeV",
    ("MeV", False): "Save EnergyDeposit in MeV, or in GeV with data.energy_unit: GeV",
    ("GeV", True): "If ParticleMomentum is in MeV, save it in GeV",
    ("GeV", False): "If EnergyDeposit is in MeV, set data.energy_unit: MeV",
}


def refuse_energies(
    source: Path, total: NDArray[np.float64], momentum: NDArray[np.float32], unit: EnergyUnit
) -> None:
    """Refuse a file whose energies are implausible for its momenta; showers without energy do not count.

    Args:
        source: the file.
        total: energy of each shower (n,), MeV.
        momentum: px, py, pz (n, 3), GeV.
        unit: of the energies in the file.

    Raises:
        UserError: the median of energy over |p| is outside `LEAST_VISIBLE` to `MOST_VISIBLE`.
    """
    visible = visible_share(total, momentum)
    if visible is not None and not LEAST_VISIBLE <= visible <= MOST_VISIBLE:
        raise UserError(
            f"{source}: EnergyDeposit in {unit} (data.energy_unit) is {visible:.3g} times ParticleMomentum in GeV, as "
            f"the median of the showers; a calorimeter shows {LEAST_VISIBLE} to {MOST_VISIBLE} times it. "
            f"{_REMEDIES[unit, visible < LEAST_VISIBLE]}."
        )


def visible_share(total: NDArray[np.float64], momentum: NDArray[np.float32]) -> float | None:
    """Return the median of energy over |p| of showers with energy, see `refuse_energies`; None without any."""
    seen = total > 0
    if not seen.any():
        return None
    p_MeV = 1000 * np.linalg.norm(momentum[seen].astype(np.float64), axis=1)
    return float(np.median(total[seen] / p_MeV))


def refuse_points(source: Path, point: NDArray[np.float32], unit: LengthUnit) -> None:
    """Raise a `UserError` if the median of |x| or |y| of entry points (n, 2) [cm] is beyond the edge of the image."""
    median = median_distance(point)
    if median > EDGE_CM:
        remedy = "If it is in mm, set data.length_unit: mm. " if unit == "cm" else ""
        raise UserError(
            f"{source}: ParticlePoint in {unit} (data.length_unit) is {median:.3g} cm in x or y, as the median of "
            f"the showers; the image ends at {EDGE_CM:g} cm. {remedy}Its origin must be the centre of the image."
        )


def median_distance(point: NDArray[np.float32]) -> float:
    """Return the larger one of the medians of |x| and |y| of entry points (n, 2), in their unit."""
    return float(np.median(np.abs(point), axis=0).max())
