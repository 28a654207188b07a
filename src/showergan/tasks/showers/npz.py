"""The published data format: an npz file with one array per quantity.

| key | shape | unit |
|---|---|---|
| EnergyDeposit | (N, 30, 30, 1); read as well: (N, 30, 30), (N, 1, 30, 30), (N, 900) | MeV |
| ParticlePoint | (N, 2 or more): x, y | cm |
| ParticleMomentum | (N, 3): px, py, pz | GeV |
| ParticlePDG | (N,) or (N, 1); optional | |
| GFLASH | (1,): version of the parameterisation, only where `simulate` made the showers | |
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from showergan.files import write_aside
from showergan.tasks.showers.archive import Archive
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers

ENERGY, POINT, MOMENTUM, PDG = "EnergyDeposit", "ParticlePoint", "ParticleMomentum", "ParticlePDG"
GFLASH = "GFLASH"

# What the shape must be, in words and as a test of everything behind N.
ACCEPTED: dict[str, tuple[str, Callable[[tuple[int, ...]], bool]]] = {
    ENERGY: (
        "(N, 30, 30, 1), (N, 30, 30), (N, 1, 30, 30) or (N, 900)",
        lambda image: image in ((30, 30, 1), (30, 30), (1, 30, 30), (900,)),
    ),
    POINT: ("(N, 2) or wider", lambda point: len(point) == 1 and point[0] >= 2),
    MOMENTUM: ("(N, 3)", lambda momentum: momentum == (3,)),
    PDG: ("(N,) or (N, 1)", lambda pdg: pdg in ((), (1,))),
}


def write_npz(
    path: Path, n: int, chunks: Iterable[Showers], gflash_version: int | None = None
) -> None:
    """Write showers in the published format; the same showers give the same bytes.

    Energies go to the file chunk by chunk; only points, momenta and ids are held in memory.

    Args:
        path: The file to write; it appears whole or not at all.
        n: Number of showers in all chunks together; it stands in the header, before the first.
        chunks: The showers in order.
        gflash_version: That of the simulation that made the showers, None for others; kept in the file, so that
            their particles can be simulated again.

    Raises:
        ValueError: If the chunks do not hold `n` showers, or only some of them have ids.
    """
    particles: dict[str, list[NDArray[Any]]] = {POINT: [], MOMENTUM: [], PDG: []}
    with write_aside(path) as aside, zipfile.ZipFile(aside, "w") as archive:
        with _new_member(archive, ENERGY) as stream:
            shape = (n, *IMAGE_SHAPE, 1)
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            npy.write_array_header_1_0(stream, header)
            for chunk in chunks:
                stream.write(chunk.energy.astype("<f4").tobytes())
                particles[POINT].append(chunk.point)
                particles[MOMENTUM].append(chunk.momentum)
                if chunk.pdg is not None:
                    particles[PDG].append(chunk.pdg)
        for key, parts in particles.items():
            if key == PDG and not parts:
                continue
            given = sum(map(len, parts))
            if given != n:
                raise ValueError(f"{n} showers announced, {given} given in {key}")
            with _new_member(archive, key) as stream:
                npy.write_array(stream, np.concatenate(parts), allow_pickle=False)
        if gflash_version is not None:
            with _new_member(archive, GFLASH) as stream:
                npy.write_array(stream, np.array([gflash_version]), allow_pickle=False)


def _new_member(archive: zipfile.ZipFile, key: str) -> IO[bytes]:
    # A ZipInfo made by hand has a fixed date, so that equal content is equal bytes.
    return archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True)


class NpzShowers:
    """A data set in the published format, checked on opening; a context manager.

    Attributes:
        n: Number of showers.
        point: Entry points x, y (n, 2), float32, cm.
        momentum: Momenta px, py, pz (n, 3), float32, GeV.
        pdg: Particle ids (n,), int32, or None where the file has none.
        gflash_version: Of the simulation that made the showers, None where none of ours did.
    """

    def __init__(self, path: Path) -> None:
        """Open `path`; the energies stay in the file.

        Raises:
            UserError: If the file is missing, damaged or not in the published format, or if points
                or momenta are not finite or pz is not positive.
        """
        self._archive = Archive(path)
        try:
            self.n = self._check_shape(ENERGY)
            if self._archive.header(ENERGY).fortran_order:
                self._archive.fail(
                    ENERGY,
                    "is in Fortran order, which cannot be read shower by shower",
                    "Save it again after numpy.ascontiguousarray",
                )
            self.point = self._read_finite(POINT)[:, :2]
            self.momentum = self._read_finite(MOMENTUM)
            self._refuse(MOMENTUM, self.momentum[:, 2] <= 0, "pz <= 0")
            self.pdg = self._read_ids() if PDG in self._archive.keys else None
            self.gflash_version = self._read_version() if GFLASH in self._archive.keys else None
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def energy_chunks(self, size: int) -> Iterator[NDArray[np.float32]]:
        """Yield the energies in order as (m, 30, 30) float32, MeV, m = `size` but for the last.

        Memory is that of one chunk. Values beyond float32 become infinite.

        Raises:
            UserError: If the content turns out to be damaged.
        """
        for block in self._archive.rows(ENERGY, size):
            yield _float32(block).reshape(-1, *IMAGE_SHAPE)

    def _check_shape(self, key: str) -> int:
        """Compare an array's shape with the format; return its number of showers."""
        shape = self._archive.header(key).shape
        wanted, fits = ACCEPTED[key]
        if not shape or not fits(shape[1:]):
            self._archive.fail(key, f"has shape {shape}", f"Its shape must be {wanted}")
        if shape[0] == 0:
            self._archive.fail(key, "has no showers (N = 0)", "Give a file with showers")
        return shape[0]

    def _read(self, key: str) -> NDArray[Any]:
        n = self._check_shape(key)
        if n != self.n:
            self._archive.fail(
                key,
                f"has {n} rows where {ENERGY} has {self.n}",
                "Give every shower one row in each",
            )
        return self._archive.read(key)

    def _read_finite(self, key: str) -> NDArray[np.float32]:
        values = _float32(self._read(key))
        self._refuse(key, ~np.isfinite(values), "NaN or infinite values")
        return values

    def _read_ids(self) -> NDArray[np.int32]:
        values = self._read(PDG).reshape(-1)
        with np.errstate(invalid="ignore"):
            ids = values.astype(np.int32)
        self._refuse(PDG, ids != values, "ids that are no 32-bit integers")
        return ids

    def _read_version(self) -> int:
        values = self._archive.read(GFLASH)
        if values.shape != (1,):
            self._archive.fail(GFLASH, f"has shape {values.shape}", "Its shape must be (1,)")
        return int(values[0])

    def _refuse(self, key: str, bad: NDArray[np.bool_], problem: str) -> None:
        """Fail if any shower is `bad`: (n,), or (n, k) for each of its values."""
        if bad.any():
            rows = np.unique(np.nonzero(bad)[0])
            what = f"has {problem} in {len(rows)} of {self.n} showers ({first_rows(rows)})"
            self._archive.fail(key, what, "Correct or remove these showers")


def first_rows(rows: Sequence[int] | NDArray[np.integer]) -> str:
    """Return text that names the first five of some row numbers, which count from 0."""
    shown = ", ".join(str(row) for row in rows[:5])
    return f"rows {shown}, ..." if len(rows) > 5 else f"rows {shown}"


def _float32(values: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False)
