"""The calorimeter of all simulations, 70 layers of lead and polystyrene, and the electrons that enter it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

LAYERS = 70
LEAD_CM = 0.2
POLYSTYRENE_CM = 0.4
FRONT_FACE_CM = -6.0  # z of the front face; entry points are given in the plane z = 0
DEPTH_CM = LAYERS * (LEAD_CM + POLYSTYRENE_CM)

ENERGY_RANGE_GEV = (1.0, 100.0)
SLOPE_SD = 0.2
POINT_SD_CM = 2.5
PDG = 11  # particle id of the electron
CHUNK = 250  # electrons per random stream

Floats = NDArray[np.floating]


def sample_particles(n: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Draw n electrons that enter the calorimeter.

    Returns:
        Energies (n,) in GeV, log-uniform; entry points (n, 2) in cm in the plane z = 0 and slopes
        px/pz, py/pz (n, 2), both normal, so that the centre is crowded as in the published data.
    """
    low, high = np.log(ENERGY_RANGE_GEV)
    energy = np.exp(rng.uniform(low, high, n))
    return energy, rng.normal(0, POINT_SD_CM, (n, 2)), rng.normal(0, SLOPE_SD, (n, 2))


def streams(n: int, seed: int) -> Iterator[tuple[np.random.Generator, int]]:
    """Yield the random stream of every chunk of n electrons and how many of the chunk are wanted.

    A stream is made of the seed and the chunk's number, and a whole chunk is drawn from it: memory stays flat, and the
    first electrons are the same however many are asked for, in every simulation.
    """
    for number, first in enumerate(range(0, n, CHUNK)):
        yield np.random.default_rng(np.random.SeedSequence([seed, number])), min(CHUNK, n - first)


def momenta(energy: Floats, slope: Floats) -> Floats:
    """Return momenta (n, 3) in GeV of energies (n,) in GeV and slopes px/pz, py/pz (n, 2)."""
    direction = np.column_stack([slope, np.ones(len(slope))])
    return energy[:, None] * direction / np.linalg.norm(direction, axis=1, keepdims=True)
