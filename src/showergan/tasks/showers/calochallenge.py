"""Showers in the HDF5 format of the Fast Calorimeter Simulation Challenge, as images of the transverse plane.

The challenge (https://calochallenge.github.io/homepage/) has `incident_energies`, shape (N, 1), and `showers`, shape
(N, voxels), both in MeV. Voxels are ordered by layer, then angle, then radius, which counts fastest. The axis z is the
direction of the particle, which enters at (0, 0, 0); angles begin at -pi, as in the code of its evaluation. Data sets 2
and 3 are cylinders of 45 layers, read out up to a radius of 41.85 mm. Data set 1 has layers without bins in angle: its
rings have no image.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import EnergyUnit
from showergan.errors import UserError
from showergan.io.arrays import Arrays, opened_arrays
from showergan.tasks.showers.convert import Source
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers
from showergan.tasks.showers.units import MEV

Geometry = Literal["dataset-2", "dataset-3", "grid"]
INCIDENT, VOXELS = "incident_energies", "showers"
INCIDENT_GEV = (1.0, 1000.0)  # of data sets 2 and 3
UNITS = "Give the unit of both arrays, MeV in files of the challenge, as --energy-unit."

CELLS = math.prod(IMAGE_SHAPE)
SIDE = IMAGE_SHAPE[0]  # cells along either axis
_POINTS = 64  # along either side of a voxel, of equal area each
_AT_ONCE = 2**27  # bytes of voxels in memory


class Cylinder(NamedTuple):
    """Voxels of equal steps in depth, angle and radius."""

    layers: int
    angles: int
    radii: int
    step_mm: float  # of the radius

    @property
    def voxels(self) -> int:
        """How many there are."""
        return self.layers * self.angles * self.radii

    @property
    def largest_mm2(self) -> float:
        """Area of the outermost voxels in the transverse plane."""
        return math.pi / self.angles * (2 * self.radii - 1) * self.step_mm**2

    def shares(self, cell_mm: float) -> NDArray[np.float64]:
        """Return which share of each voxel's area lies in each cell of an image, shape (angles x radii, 900).

        The image is that of the transverse plane: x = r cos(angle) along columns, y = r sin(angle) along rows, and the
        axis in the middle, where four cells meet. Shares are counted at 64 x 64 places in a voxel, and their sum is 1.
        """
        within = (np.arange(_POINTS) + 0.5) / _POINTS
        inner = np.arange(self.radii)[:, None]
        radius = self.step_mm * np.sqrt(inner**2 + (2 * inner + 1) * within)
        angle = (np.arange(self.angles)[:, None] + within) * 2 * np.pi / self.angles - np.pi
        # (angles, radii, places along the angle, places along the radius)
        x, y = (
            f(angle)[:, None, :, None] * radius[None, :, None, :] / cell_mm + SIDE / 2
            for f in (np.cos, np.sin)
        )
        cell = (np.floor(y) * SIDE + np.floor(x)).astype(int).reshape(-1, _POINTS**2)
        counts = [np.bincount(of_voxel, minlength=CELLS) for of_voxel in cell]
        return np.array(counts) / _POINTS**2


CYLINDERS = {
    "dataset-2": Cylinder(layers=45, angles=16, radii=9, step_mm=4.65),
    "dataset-3": Cylinder(layers=45, angles=50, radii=18, step_mm=2.325),
}


@contextmanager
def opened(
    path: Path, geometry: Geometry, cell_mm: float, energy_unit: EnergyUnit
) -> Iterator[Source]:
    """Open a file of the challenge, and check it: the showers of it, each with all its layers added up.

    Particles enter in the middle of the image, at (0, 0), straight ahead, with a momentum of their energy: they must be
    so fast that their mass does not count, as electrons and photons are.

    Args:
        path: HDF5.
        geometry: a cylinder of the challenge, whose voxels' energies are shared among the cells that they lie in, by
            area; or `grid`, layers of 30 x 30 cells in the order layer, y, x.
        cell_mm: the side of a cell in the detector.
        energy_unit: of both arrays.

    Raises:
        UserError: The file is missing, damaged, or of another format or geometry; voxels are larger than cells; or the
            energies of particles are not those of the data set.
    """
    arrays = opened_arrays(path)
    try:
        n, voxels = _shape(arrays, geometry)
        incident = arrays.read(INCIDENT).reshape(-1) * (MEV[energy_unit] / MEV["GeV"])
        if len(incident) != n or not len(incident):
            arrays.fail(INCIDENT, f"has {len(incident)} numbers for {n} showers", "Give one each")
        if cylinder := CYLINDERS.get(geometry):
            _refuse_small_cells(path, geometry, cylinder, cell_mm)
            low, high = INCIDENT_GEV
            median = np.median(incident)
            if np.isfinite(median) and not low <= median <= high:
                arrays.fail(
                    INCIDENT,
                    f"in {energy_unit} has the median {median:.3g} GeV, and {geometry} has {low:g} to {high:g} GeV",
                    UNITS.rstrip("."),
                )
        yield Source(
            path, n, _chunks(arrays, voxels, incident, cylinder, cell_mm, energy_unit), UNITS
        )
    finally:
        arrays.close()


def _shape(arrays: Arrays, geometry: Geometry) -> tuple[int, int]:
    """Return the numbers of showers and of voxels."""
    shape = arrays.header(VOXELS).shape
    if len(shape) != 2:
        arrays.fail(VOXELS, f"has shape {shape}", "Its shape must be (N, voxels)")
    n, voxels = shape
    if cylinder := CYLINDERS.get(geometry):
        if voxels != cylinder.voxels:
            one_of = [name for name, other in CYLINDERS.items() if other.voxels == voxels]
            remedy = (
                f"If it is {one_of[0]}, give that"
                if one_of
                else (
                    "Other cylinders are not known here. Layers without bins in angle, as those of data set 1 with "
                    "368 or 533 voxels, make no image of the transverse plane"
                )
            )
            problem = "{} voxels; {} has {} = {} layers x {} angles x {} radii".format(
                voxels, geometry, cylinder.voxels, *cylinder[:3]
            )
            arrays.fail(VOXELS, f"has {problem}", remedy)
    elif voxels % CELLS or not voxels:
        arrays.fail(
            VOXELS,
            f"has {voxels} voxels, which are no layers of 30 x 30 cells",
            "If it is a cylinder of the challenge, give it as --geometry",
        )
    return n, voxels


def _refuse_small_cells(path: Path, name: str, cylinder: Cylinder, cell_mm: float) -> None:
    largest = cylinder.largest_mm2
    if cell_mm**2 < largest:
        raise UserError(
            f"{path}: the outermost voxels of {name} cover {largest:.1f} mm2 each, and a cell {cell_mm**2:.1f} mm2. An "
            "image finer than its voxels would show what nobody has simulated. "
            f"Give --cell-mm {math.ceil(10 * math.sqrt(largest)) / 10:g} or more."
        )


def _chunks(
    arrays: Arrays,
    voxels: int,
    incident_GeV: NDArray[np.floating],
    cylinder: Cylinder | None,
    cell_mm: float,
    energy_unit: EnergyUnit,
) -> Iterator[Showers]:
    shares = cylinder and cylinder.shares(cell_mm)
    layers = cylinder.layers if cylinder else voxels // CELLS
    first = 0
    for block in arrays.rows(VOXELS, max(1, _AT_ONCE // (8 * voxels))):
        m = len(block)
        with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity are refused later
            plane = block.reshape(m, layers, -1).sum(axis=1, dtype=np.float64)
            plane = (plane if shares is None else plane @ shares) * MEV[energy_unit]
            image = plane.reshape(m, *IMAGE_SHAPE).astype(np.float32)
            momentum = np.zeros((m, 3), np.float32)
            momentum[:, 2] = incident_GeV[first : first + m]
        first += m
        yield Showers(image, np.zeros((m, 2), np.float32), momentum, None)
