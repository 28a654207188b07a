"""Electron showers in a sampling calorimeter, from the GFLASH parameterisation.

Source of every formula: G. Grindhammer, S. Peters, "The parameterized simulation of electromagnetic
showers in homogeneous and sampling calorimeters", hep-ex/0001020; sampling calorimeters with
individually fluctuating showers. Depths t are in radiation lengths, radii r in Moliere radii,
tau = t / T is the depth relative to the shower maximum T. Energies, shape (n,), are those of particles in GeV, but for
spots and images; rng is the source of randomness.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from showergan.tasks.showers import electrons
from showergan.tasks.showers.calorimeter import DEPTH_CM, FRONT_FACE_CM, THRESHOLD_MEV
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE, Showers, read_out

# Lead 2 mm / polystyrene 4 mm, shashlik.
RADIATION_LENGTH_CM = 1.641
MOLIERE_RADIUS_CM = 3.71
Z_EFFECTIVE = 70.2
CRITICAL_ENERGY_GEV = 9.39e-3
SAMPLING_FREQUENCY = 2.735
ELECTRON_TO_MIP = 0.652
VISIBLE_FRACTION = 0.1555
SAMPLING_FLUCTUATION = 0.10

VERSION = 2  # raised when the distribution of the showers changes, so that no other showers pass for these

Floats = NDArray[np.floating]


class Fluctuation(NamedTuple):
    """Normal distribution of (ln T, ln alpha) over showers of one energy; each field is (n,)."""

    mean_ln_depth: Floats
    sd_ln_depth: Floats
    mean_ln_shape: Floats
    sd_ln_shape: Floats
    correlation: Floats


def fluctuation(energy: Floats) -> Fluctuation:
    """Return how the longitudinal profile fluctuates from shower to shower.

    Source: hep-ex/0001020, appendix, sampling calorimeters, individual profiles. The standard
    deviations are capped at 0.5, because their formulas diverge below the fitted range.
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
    """Draw the longitudinal profile of every shower.

    The profile is the Gamma density of shape alpha and rate (alpha - 1) / T.

    Returns:
        Depth of the maximum T (n,) in radiation lengths, at least 0.5, and shape alpha (n,), at
        least 1.1.
    """
    f = fluctuation(energy)
    first, second = rng.standard_normal((2, len(energy)))
    second = f.correlation * first + np.sqrt(1 - f.correlation**2) * second
    depth = np.exp(f.mean_ln_depth + f.sd_ln_depth * first)
    shape = np.exp(f.mean_ln_shape + f.sd_ln_shape * second)
    return np.maximum(depth, 0.5), np.maximum(shape, 1.1)


def r_core(tau: Floats, energy: Floats) -> Floats:
    """Return the radius of the shower core in Moliere radii (hep-ex/0001020, appendix); tau and energy broadcast."""
    homogeneous = 0.0251 + 0.00319 * np.log(energy) + (0.1162 - 0.000381 * Z_EFFECTIVE) * tau
    return homogeneous - 0.0203 * (1 - ELECTRON_TO_MIP) + 0.0397 / SAMPLING_FREQUENCY * np.exp(-tau)


def r_tail(tau: Floats, energy: Floats) -> Floats:
    """Return the radius of the shower tail in Moliere radii; arguments as for `r_core`."""
    late = 0.3585 + 0.0421 * np.log(energy)
    away = tau - 0.645
    homogeneous = (0.659 - 0.00309 * Z_EFFECTIVE) * (np.exp(-2.59 * away) + np.exp(late * away))
    return homogeneous - 0.14 * (1 - ELECTRON_TO_MIP) - 0.495 / SAMPLING_FREQUENCY * np.exp(-tau)


def p_core(tau: Floats, energy: Floats) -> Floats:
    """Return the probability of a spot to lie in the core; arguments as for `r_core`."""
    q = (0.401 + 0.00187 * Z_EFFECTIVE - tau) / (1.313 - 0.0686 * np.log(energy))
    homogeneous = (2.632 - 0.00094 * Z_EFFECTIVE) * np.exp(q - np.exp(q))
    early = np.exp(-((tau - 1) ** 2))
    sampling = (1 - ELECTRON_TO_MIP) * (0.348 - 0.642 / SAMPLING_FREQUENCY * early)
    return np.clip(homogeneous + sampling, 0, 1)


def sample_radii(tau: Floats, energy: Floats, rng: np.random.Generator) -> Floats:
    """Draw one radius per spot, in Moliere radii, from the density 2 r R^2 / (r^2 + R^2)^2.

    R is `r_core` with probability `p_core`, else `r_tail`; tau and energy are those of the spots' particles (spots,).
    """
    which, u = rng.random((2, len(tau)), dtype=np.float32)
    scale = np.where(which < p_core(tau, energy), r_core(tau, energy), r_tail(tau, energy))
    return scale * np.sqrt(u / (1 - u))


def mean_spots(energy: Floats) -> Floats:
    """Return the mean of the Poisson number of energy spots of a shower of `energy` GeV (n,)."""
    return 10.3 / SAMPLING_FLUCTUATION * energy**0.959


class Spots(NamedTuple):
    """Energy spots of n showers, shower after shower; each field but `counts` is (spots,)."""

    counts: NDArray[np.integer]  # spots of each shower (n,)
    depth: Floats  # along the particle's direction, radiation lengths from the front face
    radius: Floats  # transverse to the direction, Moliere radii
    azimuth: Floats  # around the direction, radians
    energy: Floats  # visible energy, MeV


def sample_spots(energy: Floats, rng: np.random.Generator) -> Spots:
    """Draw the energy spots of every shower.

    Depths follow the spots' own Gamma density; a weight, the energy's density over the spots',
    restores the energy profile (hep-ex/0001020, appendix).
    """
    depth, shape = sample_profiles(energy, rng)
    rate = (shape - 1) / depth
    spot_shape = shape * (0.844 + 0.0026 * Z_EFFECTIVE)
    spot_rate = (spot_shape - 1) / (depth * (0.813 + 0.0019 * Z_EFFECTIVE))
    ln_norm = shape * np.log(rate) - gammaln(shape)
    ln_norm -= spot_shape * np.log(spot_rate) - gammaln(spot_shape)

    counts = np.maximum(rng.poisson(mean_spots(energy)), 1)
    ln_norm += np.log(1000 * energy * VISIBLE_FRACTION / counts)

    def per_spot(values: Floats) -> NDArray[np.float32]:
        return np.repeat(values.astype(np.float32), counts)

    t = rng.standard_gamma(per_spot(spot_shape), dtype=np.float32) / per_spot(spot_rate)
    t = np.maximum(t, np.float32(1e-6))  # ln 0
    ln_energy = per_spot(ln_norm) + per_spot(shape - spot_shape) * np.log(t)
    ln_energy -= per_spot(rate - spot_rate) * t
    return Spots(
        counts=counts,
        depth=t,
        radius=sample_radii(t / per_spot(depth), per_spot(energy), rng),
        azimuth=rng.random(len(t), dtype=np.float32) * np.float32(2 * np.pi),
        energy=np.exp(ln_energy),
    )


def images(spots: Spots, point: Floats, slope: Floats) -> NDArray[np.float32]:
    """Return the images (n, 30, 30) in MeV that the spots leave; spots outside are lost.

    Args:
        spots: Energy spots of n showers.
        point: Entry points (n, 2) in cm in the plane z = 0.
        slope: Slopes px/pz, py/pz (n, 2).
    """
    along = _unit(np.column_stack([slope, np.ones(len(slope))]))
    # Two unit vectors transverse to the direction; pz > 0 keeps the first one defined.
    right = _unit(np.column_stack([along[:, 2], np.zeros(len(slope)), -along[:, 0]]))
    up = np.cross(along, right)
    start = np.column_stack([point + FRONT_FACE_CM * slope, np.full(len(slope), FRONT_FACE_CM)])

    s = RADIATION_LENGTH_CM * spots.depth
    a = MOLIERE_RADIUS_CM * spots.radius * np.cos(spots.azimuth)
    b = MOLIERE_RADIUS_CM * spots.radius * np.sin(spots.azimuth)

    def coordinate(axis: int) -> Floats:
        vectors = np.stack([start, along, right, up])[:, :, axis].astype(np.float32)
        origin, u, v, w = np.repeat(vectors, spots.counts, axis=1)
        return origin + s * u + a * v + b * w

    n_rows, n_columns = IMAGE_SHAPE
    column = np.floor(coordinate(0) / CELL_CM + n_columns / 2)
    row = np.floor(coordinate(1) / CELL_CM + n_rows / 2)
    z = coordinate(2)
    inside = (column >= 0) & (column < n_columns) & (row >= 0) & (row < n_rows)
    inside &= (z >= FRONT_FACE_CM) & (z <= FRONT_FACE_CM + DEPTH_CM)

    n_cells = n_rows * n_columns
    first_cell = np.repeat(n_cells * np.arange(len(point)), spots.counts)[inside]
    cell = first_cell + (row[inside] * n_columns + column[inside]).astype(int)
    energy = np.bincount(cell, spots.energy[inside], minlength=len(point) * n_cells)
    return energy.reshape(-1, n_rows, n_columns).astype(np.float32)


def record(threshold_MeV: float) -> dict[str, Any]:
    """Return what showers were made by: simulations of equal records have the same distribution."""
    return {"simulator": "gflash", "version": VERSION, "threshold_MeV": threshold_MeV}


def simulate(n_showers: int, seed: int, threshold_MeV: float = THRESHOLD_MEV) -> Iterator[Showers]:
    """Yield showers of the electrons that `electrons` draws, `electrons.CHUNK` at a time.

    Args:
        n_showers: how many.
        seed: of electrons and showers; how many are asked for changes none of them.
        threshold_MeV: cells below are set to 0.
    """
    for rng, n in electrons.streams(n_showers, seed):
        energy, point, slope = electrons.sample_particles(electrons.CHUNK, rng)
        momentum = electrons.momenta(energy, slope)
        made = _showers(energy, point, slope, momentum, threshold_MeV, rng)
        yield made.select(slice(n))


def resimulate(
    point: NDArray[np.float32],
    momentum: NDArray[np.float32],
    seed: int,
    threshold_MeV: float = THRESHOLD_MEV,
) -> Iterator[Showers]:
    """Yield another shower of each given electron, in order, `electrons.CHUNK` at a time.

    Args:
        point: Entry points (n, 2) in cm in the plane z = 0.
        momentum: Momenta (n, 3) in GeV, pz > 0.
        seed: Of random streams that `simulate` has for no seed.
        threshold_MeV: cells below are set to 0.
    """
    for number, first in enumerate(range(0, len(point), electrons.CHUNK)):
        rng = np.random.default_rng(np.random.SeedSequence([seed, number, 1]))
        rows = slice(first, first + electrons.CHUNK)
        x, p = (values[rows].astype(np.float64) for values in (point, momentum))
        size = np.linalg.norm(p, axis=1)
        yield _showers(size, x, p[:, :2] / p[:, 2:], p, threshold_MeV, rng)


def _showers(
    energy: Floats,
    point: Floats,
    slope: Floats,
    momentum: Floats,
    threshold_MeV: float,
    rng: np.random.Generator,
) -> Showers:
    return Showers(
        read_out(images(sample_spots(energy, rng), point, slope), threshold_MeV),
        point.astype(np.float32),
        momentum.astype(np.float32),
        np.full(len(energy), electrons.PDG, np.int32),
    )


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector, axis=-1, keepdims=True)
