"""Calorimeter of all simulations, 70 layers of lead and polystyrene, and the electrons that enter it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LAYERS = 70
LEAD_CM = 0.2
POLYSTYRENE_CM = 0.4
FRONT_FACE_CM = -6.0  # z of the front face; entry points lie in the plane z = 0
DEPTH_CM = LAYERS * (LEAD_CM + POLYSTYRENE_CM)

ENERGY_RANGE_GEV = (1.0, 100.0)
SLOPE_SD = 0.2
POINT_SD_CM = 2.5
PDG = 11  # particle id of the electron
CHUNK = 250  # electrons per random stream

Floats = NDArray[np.floating]


class Electrons(NamedTuple):
    """Electrons that enter the calorimeter."""

    energy: Floats  # GeV, (n,)
    point: Floats  # entry points in the plane z = 0, cm, (n, 2)
    slope: Floats  # px/pz, py/pz, (n, 2)
    momentum: Floats  # GeV, (n, 3)


def sample_electrons(n: int, rng: np.random.Generator) -> Electrons:
    """Draw n electrons: energies log-uniform, points and slopes normal, as crowded in the centre as published data."""
    low, high = np.log(ENERGY_RANGE_GEV)
    energy = np.exp(rng.uniform(low, high, n))
    point, slope = rng.normal(0, POINT_SD_CM, (n, 2)), rng.normal(0, SLOPE_SD, (n, 2))
    return Electrons(energy, point, slope, momenta(energy, slope))


def electrons(n: int, seed: int) -> Iterator[tuple[Electrons, np.random.Generator, slice]]:
    """Yield chunks of electrons, the random stream that each was drawn from, and which of it belong to the first n.

    A stream is made of the seed and the chunk's number, and a whole chunk is drawn from it: memory stays flat, and the
    first electrons are the same for any n, in every simulation.
    """
    for number, first in enumerate(range(0, n, CHUNK)):
        rng = np.random.default_rng(np.random.SeedSequence([seed, number]))
        yield sample_electrons(CHUNK, rng), rng, slice(n - first)


def momenta(energy: Floats, slope: Floats) -> Floats:
    """Return momenta (n, 3) in GeV of energies (n,) in GeV and slopes px/pz, py/pz (n, 2)."""
    direction = np.column_stack([slope, np.ones(len(slope))])
    return energy[:, None] * direction / np.linalg.norm(direction, axis=1, keepdims=True)
