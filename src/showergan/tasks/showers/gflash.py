"""Electron showers in a sampling calorimeter, from the GFLASH parameterisation.

Source of the formulas: G. Grindhammer, S. Peters, "The parameterized simulation of electromagnetic showers in
homogeneous and sampling calorimeters", hep-ex/0001020, appendix: sampling calorimeters, individual showers.
Constants fitted to full simulation instead are marked below. Depths t are in radiation lengths, radii r in Moliere
radii, tau is the depth relative to the shower maximum, see `relative_depth`. Energies, shape (n,), are those of
particles in GeV, except for spots and images; rng is the source of randomness.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import THRESHOLD_MEV
from showergan.tasks.showers import calorimeter
from showergan.tasks.showers.calorimeter import DEPTH_CM, FRONT_FACE_CM, LAYERS, Electrons
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE, Particles, Showers, read_out

# Lead 2 mm / polystyrene 4 mm, shashlik.
RADIATION_LENGTH_CM = 1.641
MOLIERE_RADIUS_CM = 3.71
Z_EFFECTIVE = 70.2
CRITICAL_ENERGY_GEV = 9.39e-3
SAMPLING_FREQUENCY = 2.735
ELECTRON_TO_MIP = 0.652

# Fitted to Geant4 (benchmarks/simulators.py): the first two to response and resolution of the sample and of electrons
# of 1, 5, 20 and 100 GeV on the axis, the others to the energy of these in rings of 1 cm out to 8 cm, by least squares
# of the logarithm.
VISIBLE_FRACTION = 0.1765  # mean energy in the polystyrene over that of the electron
SAMPLING_FLUCTUATION = 0.075  # relative standard deviation of the visible energy at 1 GeV
CORE_RADIUS = 1.13  # factor of the published radius of the core; that of the tail is as published
CORE_PROBABILITY = 0.885  # factor of the published fraction of the energy in the core

# Mean energy of a spot. The sum of a Poisson number (mean N) of exponentially distributed energies has the relative
# standard deviation sqrt(2 / N), here SAMPLING_FLUCTUATION / sqrt(E). In hep-ex/0001020 spots are fewer and have more
# energy, and the total does not fluctuate with them.
SPOT_MEV = 1000 * VISIBLE_FRACTION * SAMPLING_FLUCTUATION**2 / 2

BATCH = 10  # showers at a time: 8 000 to 36 000 spots each, whose arrays should fit in a cache

VERSION = 2  # raised when the distribution of the showers changes

Floats = NDArray[np.floating]


class Fluctuation(NamedTuple):
    """Normal distribution of (ln T, ln alpha) over showers of one energy; each field is (n,)."""

    mean_ln_depth: Floats
    sd_ln_depth: Floats
    mean_ln_shape: Floats
    sd_ln_shape: Floats
    correlation: Floats


def fluctuation(energy: Floats) -> Fluctuation:
    """Return the fluctuation of the longitudinal profile of individual showers (hep-ex/0001020).

    The standard deviations are capped at 0.5, because their formulas diverge below the fitted range.
    """
    ln_y = np.log(energy / CRITICAL_ENERGY_GEV)
    mip = 1 - ELECTRON_TO_MIP
    return Fluctuation(
        mean_ln_depth=np.log(ln_y - 0.812 - 0.55 / SAMPLING_FREQUENCY - 0.69 * mip),
        sd_ln_depth=np.minimum(0.5, 1 / (-2.5 + 1.25 * ln_y)),
        mean_ln_shape=np.log(
            0.81 + (0.458 + 2.26 / Z_EFFECTIVE) * ln_y - 0.476 / SAMPLING_FREQUENCY
        ),
        sd_ln_shape=np.minimum(0.5, 1 / (-0.82 + 0.79 * ln_y)),
        correlation=0.784 - 0.023 * ln_y,
    )


def sample_profiles(energy: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw the longitudinal profile of every shower, the Gamma density of shape alpha and rate (alpha - 1) / T.

    Returns:
        Depth of the maximum T (n,) in radiation lengths, at least 0.5, and shape alpha (n,), at least 1.1.
    """
    f = fluctuation(energy)
    first, second = rng.standard_normal((2, len(energy)))
    second = f.correlation * first + np.sqrt(1 - f.correlation**2) * second
    depth = np.exp(f.mean_ln_depth + f.sd_ln_depth * first)
    shape = np.exp(f.mean_ln_shape + f.sd_ln_shape * second)
    return np.maximum(depth, 0.5), np.maximum(shape, 1.1)


def relative_depth(t: Floats, depth: Floats, shape: Floats, energy: Floats) -> Floats:
    """Return tau at the depths t (n, ...) of showers with the profiles (n,) that `sample_profiles` draws.

    A shower of the mean shape has tau = t / T; the others are as wide as it at the same fraction of their mean depth
    (GFlashSamplingShowerParameterisation of Geant4).
    """
    mean_shape = np.exp(fluctuation(energy).mean_ln_shape)
    maximum = depth * (shape / (shape - 1)) * ((mean_shape - 1) / mean_shape)
    return t / maximum.reshape(-1, *[1] * (t.ndim - 1))


def r_core(tau: Floats, energy: Floats) -> Floats:
    """Return the radius of the core in Moliere radii (hep-ex/0001020, times `CORE_RADIUS`); arguments broadcast."""
    homogeneous = 0.0251 + 0.00319 * np.log(energy) + (0.1162 - 0.000381 * Z_EFFECTIVE) * tau
    sampling = -0.0203 * (1 - ELECTRON_TO_MIP) + 0.0397 / SAMPLING_FREQUENCY * np.exp(-tau)
    return CORE_RADIUS * (homogeneous + sampling)


def r_tail(tau: Floats, energy: Floats) -> Floats:
    """Return the radius of the tail in Moliere radii (hep-ex/0001020)."""
    late = 0.3585 + 0.0421 * np.log(energy)
    away = tau - 0.645
    homogeneous = (0.659 - 0.00309 * Z_EFFECTIVE) * (np.exp(-2.59 * away) + np.exp(late * away))
    return homogeneous - 0.14 * (1 - ELECTRON_TO_MIP) - 0.495 / SAMPLING_FREQUENCY * np.exp(-tau)


def p_core(tau: Floats, energy: Floats) -> Floats:
    """Return the fraction of the energy in the core (hep-ex/0001020, clipped to [0, 1], times `CORE_PROBABILITY`)."""
    q = (0.401 + 0.00187 * Z_EFFECTIVE - tau) / (1.313 - 0.0686 * np.log(energy))
    homogeneous = (2.632 - 0.00094 * Z_EFFECTIVE) * np.exp(q - np.exp(q))
    early = np.exp(-((tau - 1) ** 2))
    sampling = (1 - ELECTRON_TO_MIP) * (0.348 - 0.642 / SAMPLING_FREQUENCY * early)
    return CORE_PROBABILITY * np.clip(homogeneous + sampling, 0, 1)


def sample_radii(scale: Floats, rng: np.random.Generator) -> Floats:
    """Draw a radius for every R of `scale` (spots,) from the density 2 r R^2 / (r^2 + R^2)^2, in units of R."""
    u = rng.random(len(scale), dtype=np.float32)
    return scale * np.sqrt(u / (1 - u))


class Spots(NamedTuple):
    """Energy spots of n showers, shower after shower; each field but `counts` is (spots,)."""

    counts: NDArray[np.integer]  # spots of each shower (n,)
    depth: Floats  # along the particle's direction, radiation lengths from the front face
    radius: Floats  # transverse to the direction, Moliere radii
    azimuth: Floats  # around the direction, radians
    energy: Floats  # visible energy, MeV


def sample_spots(energy: Floats, end: Floats, rng: np.random.Generator) -> Spots:
    """Draw the energy spots of every shower down to the depth `end` (n,), in radiation lengths.

    There are as many steps as layers; in each, core and tail get a Poisson number of spots, whose mean follows the
    energy profile.
    """
    from scipy.special import gammainc  # slow to import, and no training waits for it

    depth, shape = sample_profiles(energy, rng)
    edges = end[:, None] * np.linspace(0, 1, LAYERS + 1)
    profile = np.diff(gammainc(shape[:, None], ((shape - 1) / depth)[:, None] * edges))
    tau = relative_depth((edges[:, 1:] + edges[:, :-1]) / 2, depth, shape, energy)
    each = energy[:, None]
    p = p_core(tau, each)
    expected = 1000 * each * VISIBLE_FRACTION / SPOT_MEV * profile
    counts = rng.poisson(np.stack([expected * p, expected * (1 - p)], axis=-1))
    radii = np.stack([r_core(tau, each), r_tail(tau, each)], axis=-1)

    def per_spot(values: Floats, n: NDArray[np.integer]) -> NDArray[np.float32]:
        return np.repeat(values.astype(np.float32).ravel(), n.ravel())

    of_steps, of_showers = counts.sum(axis=-1), counts.sum(axis=(1, 2))
    n_spots = int(of_showers.sum())
    within = per_spot(end / LAYERS, of_showers) * rng.random(n_spots, dtype=np.float32)
    return Spots(
        counts=of_showers,
        depth=per_spot(edges[:, :-1], of_steps) + within,
        radius=sample_radii(per_spot(radii, counts), rng),
        azimuth=rng.random(n_spots, dtype=np.float32) * np.float32(2 * np.pi),
        energy=np.float32(SPOT_MEV) * rng.standard_exponential(n_spots, dtype=np.float32),
    )


def images(spots: Spots, point: Floats, slope: Floats) -> NDArray[np.float32]:
    """Return the images (n, 30, 30) in MeV of energy spots, without those outside; see `Electrons` for the rest."""
    along = _unit(np.column_stack([slope, np.ones(len(slope))]))
    # Two unit vectors transverse to the direction; pz > 0 keeps the first one defined.
    right = _unit(np.column_stack([along[:, 2], np.zeros(len(slope)), -along[:, 0]]))
    up = np.cross(along, right)
    n_rows, n_columns = IMAGE_SHAPE
    corner = CELL_CM / 2 * np.array([n_columns, n_rows])
    entry = point + FRONT_FACE_CM * slope + corner  # in the front face

    s = RADIATION_LENGTH_CM * spots.depth
    radius = MOLIERE_RADIUS_CM * spots.radius
    a, b = radius * np.cos(spots.azimuth), radius * np.sin(spots.azimuth)

    def place(axis: int) -> Floats:
        """Return the positions of the spots, in cells from the first row or column."""
        vectors = np.stack([entry, along[:, :2], right[:, :2], up[:, :2]])[:, :, axis]
        origin, u, v, w = np.repeat((vectors / CELL_CM).astype(np.float32), spots.counts, axis=1)
        return origin + s * u + a * v + b * w

    column, row = place(0), place(1)
    inside = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
    cell = np.where(inside, np.floor(row) * n_columns + np.floor(column), 0).astype(int)
    cell += np.repeat(np.arange(len(point)) * n_rows * n_columns, spots.counts)
    kept = np.where(inside, spots.energy, 0)
    energy = np.bincount(cell, kept, minlength=len(point) * n_rows * n_columns)
    return energy.reshape(-1, n_rows, n_columns).astype(np.float32)


def record(threshold_MeV: float) -> dict[str, Any]:
    """Return a description of the simulation: showers of equal records have the same distribution."""
    return {"simulator": "gflash", "version": VERSION, "threshold_MeV": threshold_MeV}


def simulate(n_showers: int, seed: int, threshold_MeV: float = THRESHOLD_MEV) -> Iterator[Showers]:
    """Yield showers of random electrons, `calorimeter.CHUNK` at a time, with 0 in cells below the threshold.

    The seed is that of electrons and showers; the first ones do not depend on `n_showers`.
    """
    for electrons, rng, wanted in calorimeter.electrons(n_showers, seed):
        yield _showers(electrons, threshold_MeV, rng).select(wanted)


def resimulate(
    particles: Particles, seed: int, threshold_MeV: float = THRESHOLD_MEV
) -> Iterator[Showers]:
    """Yield another shower of each electron, in order, `calorimeter.CHUNK` at a time; pz > 0.

    The random streams are none of those of `simulate`, with any seed.
    """
    for number, first in enumerate(range(0, len(particles.point), calorimeter.CHUNK)):
        rng = np.random.default_rng(np.random.SeedSequence([seed, number, 1]))
        rows = slice(first, first + calorimeter.CHUNK)
        x, p = (values[rows].astype(np.float64) for values in particles)
        electrons = Electrons(np.linalg.norm(p, axis=1), x, p[:, :2] / p[:, 2:], p)
        yield _showers(electrons, threshold_MeV, rng)


def _showers(electrons: Electrons, threshold_MeV: float, rng: np.random.Generator) -> Showers:
    energy, point, slope, momentum = electrons
    # From the front face to the back one.
    path = DEPTH_CM / RADIATION_LENGTH_CM * np.linalg.norm(momentum, axis=1) / momentum[:, 2]
    parts = [slice(first, first + BATCH) for first in range(0, len(energy), BATCH)]
    made = [
        images(sample_spots(energy[part], path[part], rng), point[part], slope[part])
        for part in parts
    ]
    return Showers(
        read_out(np.concatenate(made), threshold_MeV),
        point.astype(np.float32),
        momentum.astype(np.float32),
        np.full(len(energy), calorimeter.PDG, np.int32),
    )


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)
