"""Files of showers that are written: in the published format, or as HDF5 like our data sets."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import h5py
import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

import showergan
from showergan.io.files import atomic_write
from showergan.tasks.showers.sample import IMAGE_SHAPE, MEANING, Showers
from showergan.tasks.showers.shower_file import PDG, PUBLISHED, SIMULATION

CHUNK = 250  # showers


def write_npz(
    path: Path, n: int, chunks: Iterable[Showers], simulation: Mapping[str, Any] | None = None
) -> None:
    """Write showers in the published format; the same showers give the same bytes.

    Energies go to the file chunk by chunk; only points, momenta and ids are held in memory.

    Args:
        path: The file to write; it appears whole or not at all.
        n: Number of showers in all chunks together; it stands in the header, before the first.
        chunks: The showers in order.
        simulation: What made the showers, see `simulators`, None for others; kept in the file, so that their particles
            can be simulated again.

    Raises:
        ValueError: If the chunks do not hold `n` showers, or only some of them have ids.
    """
    energy, point, momentum = PUBLISHED
    particles: dict[str, list[NDArray[Any]]] = {point: [], momentum: [], PDG: []}
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        with _new_member(archive, energy) as stream:
            shape = (n, *IMAGE_SHAPE, 1)
            header = {"descr": "<f4", "fortran_order": False, "shape": shape}
            npy.write_array_header_1_0(stream, header)
            for chunk in chunks:
                stream.write(chunk.energy.astype("<f4").tobytes())
                particles[point].append(chunk.point)
                particles[momentum].append(chunk.momentum)
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
        if simulation is not None:
            text = np.frombuffer(json.dumps(simulation, sort_keys=True).encode(), np.uint8)
            with _new_member(archive, SIMULATION) as stream:
                npy.write_array(stream, text, allow_pickle=False)


def _new_member(archive: zipfile.ZipFile, key: str) -> IO[bytes]:
    # A ZipInfo made by hand has a fixed date, so that equal content is equal bytes.
    return archive.open(zipfile.ZipInfo(f"{key}.npy"), "w", force_zip64=True)


def write_hdf5(path: Path, n: int, chunks: Iterable[Showers], origin: dict[str, Any]) -> None:
    """Write showers as HDF5 with the keys and units of our data sets, and attributes of their origin.

    As for `write_npz`, n is the number in all chunks, and the same showers give the same bytes.
    """
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update(**MEANING, showergan_version=showergan.__version__, **origin)
        for key, shape in {"energy": IMAGE_SHAPE, "point": (2,), "momentum": (3,)}.items():
            packed = {"chunks": (min(CHUNK, n), *shape), "compression": "lzf"}
            file.create_dataset(key, (n, *shape), np.float32, **packed)
        first = 0
        for chunk in chunks:
            rows = slice(first, first + len(chunk))
            first += len(chunk)
            for key in ("energy", "point", "momentum"):
                file[key][rows] = getattr(chunk, key)
