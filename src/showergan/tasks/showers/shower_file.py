"""Files of showers: reading from npz in the published format or HDF5 with the names of our own files, and writing.

| npz | HDF5 | shape | unit, if no other is configured |
|---|---|---|---|
| EnergyDeposit | energy | (N, 30, 30, 1); read as well: (N, 30, 30), (N, 1, 30, 30), (N, 900) | MeV |
| ParticlePoint | point | (N, 2 or more): x, y | cm |
| ParticleMomentum | momentum | (N, 3): px, py, pz | GeV |
| ParticlePDG | | (N,) or (N, 1); optional | |
| Simulation | | (k,), bytes: JSON text that describes the simulation, if showergan made the showers | |
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, NoReturn, Self

import h5py
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

import showergan
from showergan.config.tasks.showers import EnergyUnit, LengthUnit
from showergan.errors import UserError
from showergan.io.arrays import first_rows, opened_arrays
from showergan.io.files import atomic_write
from showergan.tasks.showers.resources import SAMPLE
from showergan.tasks.showers.sample import IMAGE_SHAPE, MEANING, Showers
from showergan.tasks.showers.units import MEV, PER_CM

PUBLISHED = ("EnergyDeposit", "ParticlePoint", "ParticleMomentum")
OWN = ("energy", "point", "momentum")
PDG, SIMULATION = "ParticlePDG", "Simulation"
CHUNK = 250  # showers of a chunk in HDF5 files

NegativeEnergy = Literal["clip", "error"]

# By array: a description of the accepted shapes, and a test of all dimensions behind N.
_SHAPES: dict[str, tuple[str, Callable[[tuple[int, ...]], bool]]] = {
    "energy": (
        "(N, 30, 30, 1), (N, 30, 30), (N, 1, 30, 30) or (N, 900)",
        lambda image: image in ((30, 30, 1), (30, 30), (1, 30, 30), (900,)),
    ),
    "point": ("(N, 2) or wider", lambda point: len(point) == 1 and point[0] >= 2),
    "momentum": ("(N, 3)", lambda momentum: momentum == (3,)),
    PDG: ("(N,) or (N, 1)", lambda pdg: pdg in ((), (1,))),
}


class ShowerFile:
    """An open file of showers, checked on opening; a context manager.

    Attributes:
        n: Number of showers.
        point: Entry points x, y (n, 2), float32, cm.
        momentum: Momenta px, py, pz (n, 3), float32, GeV.
        pdg: Particle ids (n,), int32, or None where the file has none.
        simulation: Record of the simulation as JSON text, see `simulators`; None if showergan did not make the showers.
        n_clipped: Negative energies that `showers` set to 0.
    """

    def __init__(
        self, path: Path, energy_unit: EnergyUnit = "MeV", length_unit: LengthUnit = "cm"
    ) -> None:
        """Open `path`, in which quantities have these units; the energies stay in the file.

        Raises:
            UserError: If the file is missing, damaged or in another format, or if points or momenta are not finite or
                pz is not positive.
        """
        self._arrays, self._energy_factor = opened_arrays(path), MEV[energy_unit]
        try:
            names = PUBLISHED if self._arrays.kind == "npz file" else OWN
            self._keys = dict(zip((*OWN, PDG, SIMULATION), (*names, PDG, SIMULATION), strict=True))
            self.n = self._check_shape("energy")
            if self._arrays.header(self._keys["energy"]).fortran_order:
                problem = "is in Fortran order, which cannot be read shower by shower"
                self._fail("energy", problem, "Save it again after numpy.ascontiguousarray")
            self.point = self._read_finite("point")[:, :2] / np.float32(PER_CM[length_unit])
            self.momentum = self._read_finite("momentum")
            self._refuse("momentum", self.momentum[:, 2] <= 0, "pz <= 0")
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
        """Yield the showers in order, `size` at a time except the last, without ids or negative energies.

        Only one chunk is in memory. Energies that are refused raise after the last chunk, so that all are counted.

        Args:
            size: Showers at a time.
            negative_energy: Set negative energies to 0 and count them, or refuse them.
            option: The user's option for `clip`, for the message.

        Raises:
            UserError: If energies turn out to be damaged or not finite, also as float32, or negative ones are refused.
        """
        first = 0
        n_negative, n_not_finite = np.zeros((2, self.n), int)  # values, by shower
        for block in self._arrays.rows(self._keys["energy"], size):
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
                self._fail("energy", f"{problem}: {found}", remedy)
        self.n_clipped = int(n_negative.sum())

    def _fail(self, name: str, problem: str, remedy: str) -> NoReturn:
        self._arrays.fail(self._keys[name], problem, remedy)

    def _check_shape(self, name: str) -> int:
        """Compare an array's shape with the format; return its number of showers."""
        shape = self._arrays.header(self._keys[name]).shape
        accepted, fits = _SHAPES[name]
        if not shape or not fits(shape[1:]):
            self._fail(name, f"has shape {shape}", f"Its shape must be {accepted}")
        if shape[0] == 0:
            self._fail(name, "has no showers (N = 0)", "Give a file with showers")
        return shape[0]

    def _read(self, name: str) -> NDArray[Any]:
        if (n := self._check_shape(name)) != self.n:
            problem = f"has {n} rows where {self._keys['energy']} has {self.n}"
            self._fail(name, problem, "Give every shower one row in each")
        return self._arrays.read(self._keys[name])

    def _read_finite(self, name: str) -> NDArray[np.float32]:
        values = _float32(self._read(name))
        self._refuse(name, ~np.isfinite(values), "NaN or infinite values")
        return values

    def _read_ids(self) -> NDArray[np.int32]:
        values = self._read(PDG).reshape(-1)
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
        self._fail(SIMULATION, "is no JSON object", remedy)

    def _refuse(self, name: str, bad: NDArray[np.bool_], problem: str) -> None:
        """Fail if any shower is `bad`: (n,), or (n, k) for each of its values."""
        if bad.any():
            rows = np.unique(np.nonzero(bad)[0])
            found = f"has {problem} in {len(rows)} of {self.n} showers ({first_rows(rows)})"
            self._fail(name, found, "Correct or remove these showers")


def read_showers(path: Path, mend: bool = False) -> Iterator[Showers]:
    """Yield the showers of a file in chunks, see `ShowerFile`; negative energies become 0 or are refused."""
    with ShowerFile(path) as file:
        yield from file.showers(1024, "clip" if mend else "error", "--negative-energy clip")


def load_showers(
    path: Path | str | None = None,
    *,
    energy_unit: EnergyUnit = "MeV",
    length_unit: LengthUnit = "cm",
) -> Showers:
    """Read all showers of a file, or those of Geant4 that come with the package.

    Args:
        path: npz of the published schema, or HDF5 with `energy`, `point` and `momentum`, such as a data set of
            `showergan preprocess`. By default 12 000 electron showers of 1 to 100 GeV by Geant4, see docs/data.md.
        energy_unit: of the file's energies, MeV or GeV.
        length_unit: of its entry points, cm or mm.

    Returns:
        `energy`, deposits in MeV, shape (n, 30, 30), cells of 1 cm, row = y, column = x; `point`, entry points x, y in
        cm, shape (n, 2); `momentum`, px, py, pz in GeV, shape (n, 3); `pdg`, particle ids, shape (n,), or None.
        `select` takes a slice, a mask or positions; `dataclasses.replace(showers, energy=...)` is other showers of the
        same particles.

    Raises:
        UserError: The file is missing, damaged or in another format, a value is not finite, an energy negative, or pz
            not positive; or a unit is unknown.

    Examples:
        >>> import showergan
        >>> showers = showergan.load_showers()
        >>> showers.energy.shape, showers.point.shape, showers.momentum.shape
        ((12000, 30, 30), (12000, 2), (12000, 3))
        >>> few = showers.select(slice(0, 100))
        >>> len(few)
        100
        >>> showergan.load_showers("nowhere.npz")
        Traceback (most recent call last):
        showergan.errors.UserError: nowhere.npz does not exist. Give the path of an npz file.
    """
    for unit, known in ((energy_unit, MEV), (length_unit, PER_CM)):
        if unit not in known:
            raise UserError(f"unit {unit!r}: allowed: {', '.join(known)}")
    with ShowerFile(SAMPLE if path is None else Path(path), energy_unit, length_unit) as file:
        energy = np.empty((file.n, *IMAGE_SHAPE), np.float32)
        first = 0
        for part in file.showers(1024, "error", "--negative-energy clip"):
            energy[first : first + len(part)] = part.energy
            first += len(part)
        return Showers(energy, file.point, file.momentum, file.pdg)


def write_npz(
    path: Path, n: int, chunks: Iterable[Showers], simulation: Mapping[str, Any] | None = None
) -> None:
    """Write n showers in the published format; the same showers give the same bytes.

    Energies go to the file chunk by chunk; only points, momenta and ids are held in memory. A record of the simulation,
    see `simulators`, allows that the particles are simulated again.

    Raises:
        ValueError: If the chunks do not hold `n` showers, or only some of them have ids.
    """
    energy, *others = (*PUBLISHED, PDG)
    parts: dict[str, list[NDArray[Any]]] = {key: [] for key in others}
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        with _new_member(archive, energy) as stream:
            header = {"descr": "<f4", "fortran_order": False, "shape": (n, *IMAGE_SHAPE, 1)}
            npy.write_array_header_1_0(stream, header)
            for chunk in chunks:
                stream.write(chunk.energy.astype("<f4").tobytes())
                particles = (chunk.point, chunk.momentum, chunk.pdg)
                for key, values in zip(others, particles, strict=True):
                    parts[key] += [] if values is None else [values]
        if not parts[PDG]:
            del parts[PDG]
        for key in parts:
            if (found := sum(map(len, parts[key]))) != n:
                raise ValueError(f"{n} showers announced, {found} given in {key}")
        arrays = {key: np.concatenate(parts[key]) for key in parts}
        if simulation is not None:
            text = json.dumps(simulation, sort_keys=True).encode()
            arrays[SIMULATION] = np.frombuffer(text, np.uint8)
        for name, values in arrays.items():
            with _new_member(archive, name) as stream:
                npy.write_array(stream, values, allow_pickle=False)


def _new_member(archive: zipfile.ZipFile, key: str) -> IO[bytes]:
    # A ZipInfo made by hand has a fixed date, so that equal content is equal bytes.
    return archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True)


def write_hdf5(path: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write n showers as HDF5, the same bytes for the same, with keys and units of our data sets, and their origin."""
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update(**MEANING, showergan_version=showergan.__version__, **origin)
        for key, shape in zip(OWN, (IMAGE_SHAPE, (2,), (3,)), strict=True):
            packed = {"chunks": (min(CHUNK, n), *shape), "compression": "lzf"}
            file.create_dataset(key, (n, *shape), np.float32, **packed)
        first = 0
        for chunk in chunks:
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            for key in OWN:
                file[key][rows] = getattr(chunk, key)


def _float32(values: NDArray[Any], factor: int = 1) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False) * factor
