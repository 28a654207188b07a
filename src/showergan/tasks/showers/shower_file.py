"""Showers from a file of anybody: npz in the published format, or HDF5 with the names of our own files.

| npz | HDF5 | shape | unit, if no other is told |
|---|---|---|---|
| EnergyDeposit | energy | (N, 30, 30, 1); read as well: (N, 30, 30), (N, 1, 30, 30), (N, 900) | MeV |
| ParticlePoint | point | (N, 2 or more): x, y | cm |
| ParticleMomentum | momentum | (N, 3): px, py, pz | GeV |
| ParticlePDG | | (N,) or (N, 1); optional | |
| Simulation | | (k,), bytes: JSON text of what made the showers, where a step of ours did | |
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import EnergyUnit, LengthUnit
from showergan.io.arrays import first_rows, opened_arrays
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers
from showergan.tasks.showers.units import MEV, PER_CM

PUBLISHED = ("EnergyDeposit", "ParticlePoint", "ParticleMomentum")
OWN = ("energy", "point", "momentum")
PDG, SIMULATION = "ParticlePDG", "Simulation"

NegativeEnergy = Literal["clip", "error"]

# What the shape must be, in words and as a test of everything behind N.
Accepted = tuple[str, Callable[[tuple[int, ...]], bool]]
_ENERGY: Accepted = (
    "(N, 30, 30, 1), (N, 30, 30), (N, 1, 30, 30) or (N, 900)",
    lambda image: image in ((30, 30, 1), (30, 30), (1, 30, 30), (900,)),
)
_POINT: Accepted = ("(N, 2) or wider", lambda point: len(point) == 1 and point[0] >= 2)
_MOMENTUM: Accepted = ("(N, 3)", lambda momentum: momentum == (3,))
_PDG: Accepted = ("(N,) or (N, 1)", lambda pdg: pdg in ((), (1,)))


class ShowerFile:
    """An open file of showers, checked on opening; a context manager.

    Attributes:
        n: Number of showers.
        point: Entry points x, y (n, 2), float32, cm.
        momentum: Momenta px, py, pz (n, 3), float32, GeV.
        pdg: Particle ids (n,), int32, or None where the file has none.
        simulation: What made the showers as a JSON object, see `simulators`; None where no step of ours did.
        n_clipped: Negative energies that `showers` set to 0.
    """

    def __init__(
        self, path: Path, energy_unit: EnergyUnit = "MeV", length_unit: LengthUnit = "cm"
    ) -> None:
        """Open `path`; the energies stay in the file.

        Args:
            path: of the file.
            energy_unit: of the energies in the file.
            length_unit: of the points in the file.

        Raises:
            UserError: If the file is missing, damaged or in another format, or if points or momenta are not finite or
                pz is not positive.
        """
        self._arrays, self._energy_factor = opened_arrays(path), MEV[energy_unit]
        try:
            self._names = PUBLISHED if self._arrays.kind == "npz file" else OWN
            energy, point, momentum = self._names
            self.n = self._check_shape(energy, _ENERGY)
            if self._arrays.header(energy).fortran_order:
                self._arrays.fail(
                    energy,
                    "is in Fortran order, which cannot be read shower by shower",
                    "Save it again after numpy.ascontiguousarray",
                )
            self.point = self._read_finite(point, _POINT)[:, :2] / np.float32(PER_CM[length_unit])
            self.momentum = self._read_finite(momentum, _MOMENTUM)
            self._refuse(momentum, self.momentum[:, 2] <= 0, "pz <= 0")
            held = self._arrays.keys
            self.pdg = self._read_ids() if PDG in held else None
            self.simulation = self._read_simulation() if SIMULATION in held else None
            self.n_clipped = 0
        except BaseException:
            self._arrays.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._arrays.close()

    def showers(self, size: int, negative_energy: NegativeEnergy, option: str) -> Iterator[Showers]:
        """Yield the showers in order, `size` at a time but for the last, without ids or negative energies.

        Memory is that of one chunk. Energies are judged with the last, all those of the file at once.

        Args:
            size: Showers at a time.
            negative_energy: Set negative energies to 0 and count them, or refuse them.
            option: How the user asks for `clip`, for the message.

        Raises:
            UserError: If energies turn out to be damaged or not finite, also as float32, or negative ones are refused.
        """
        key, first = self._names[0], 0
        n_negative, n_not_finite = np.zeros((2, self.n), int)  # values, by shower
        for block in self._arrays.rows(key, size):
            chunk = _float32(block, self._energy_factor).reshape(-1, *IMAGE_SHAPE)
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            n_negative[rows] = (chunk < 0).sum(axis=(1, 2))
            n_not_finite[rows] = (~np.isfinite(chunk)).sum(axis=(1, 2))
            yield Showers(np.maximum(chunk, 0), self.point[rows], self.momentum[rows], None)
        option = f"Correct them, or set them to 0 with `{option}`"
        for counts, problem, remedy in (
            (n_not_finite, "is NaN or infinite", "Correct or remove these events"),
            (n_negative * (negative_energy == "error"), "is negative", option),
        ):
            if counts.any():
                bad = np.flatnonzero(counts)
                found = f"{counts.sum()} values in {len(bad)} events ({first_rows(bad)})"
                self._arrays.fail(key, f"{problem}: {found}", remedy)
        self.n_clipped = int(n_negative.sum())

    def _check_shape(self, key: str, accepted: Accepted) -> int:
        """Compare an array's shape with the format; return its number of showers."""
        shape = self._arrays.header(key).shape
        wanted, fits = accepted
        if not shape or not fits(shape[1:]):
            self._arrays.fail(key, f"has shape {shape}", f"Its shape must be {wanted}")
        if shape[0] == 0:
            self._arrays.fail(key, "has no showers (N = 0)", "Give a file with showers")
        return shape[0]

    def _read(self, key: str, accepted: Accepted) -> NDArray[Any]:
        n = self._check_shape(key, accepted)
        if n != self.n:
            problem = f"has {n} rows where {self._names[0]} has {self.n}"
            self._arrays.fail(key, problem, "Give every shower one row in each")
        return self._arrays.read(key)

    def _read_finite(self, key: str, accepted: Accepted) -> NDArray[np.float32]:
        values = _float32(self._read(key, accepted))
        self._refuse(key, ~np.isfinite(values), "NaN or infinite values")
        return values

    def _read_ids(self) -> NDArray[np.int32]:
        values = self._read(PDG, _PDG).reshape(-1)
        with np.errstate(invalid="ignore"):
            ids = values.astype(np.int32)
        self._refuse(PDG, ids != values, "ids that are no 32-bit integers")
        return ids

    def _read_simulation(self) -> str:
        values = self._arrays.read(SIMULATION)
        try:
            text = values.astype(np.uint8, casting="safe").tobytes().decode()
            if isinstance(json.loads(text), dict):
                return text
        except (TypeError, ValueError, RecursionError):
            pass
        remedy = "Leave it out, or save the bytes of a JSON object as 8-bit integers"
        self._arrays.fail(SIMULATION, "is no JSON object", remedy)

    def _refuse(self, key: str, bad: NDArray[np.bool_], problem: str) -> None:
        """Fail if any shower is `bad`: (n,), or (n, k) for each of its values."""
        if bad.any():
            rows = np.unique(np.nonzero(bad)[0])
            what = f"has {problem} in {len(rows)} of {self.n} showers ({first_rows(rows)})"
            self._arrays.fail(key, what, "Correct or remove these showers")


def read_showers(path: Path, negative_energy: NegativeEnergy) -> Iterator[Showers]:
    """Yield the showers of a file some at a time, see `ShowerFile`, whose errors it raises."""
    with ShowerFile(path) as file:
        yield from file.showers(1024, negative_energy, "--negative-energy clip")


def _float32(values: NDArray[Any], factor: int = 1) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False) * factor
