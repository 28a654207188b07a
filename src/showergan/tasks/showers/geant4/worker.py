"""Simulation of electrons in a separate process, with a file of electrons and the file to write as arguments.

Geant4 has one run per process, and ends the process on an error.
"""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

from showergan.tasks.showers.geant4.physics import is_full, make_folders, write_photoelectric


def main(electrons: Path, out: Path) -> None:
    """Simulate the electrons of an npz file with point (n, 2), momentum (n, 3) and seeds (n, 2).

    The other npz file gets the deposits of all cells: cells (n, 60, 60), float32, MeV.
    """
    with tempfile.TemporaryDirectory(prefix="showergan-geant4-") as folder:
        make_folders(Path(folder))
        # Without it the import, which reads the environment, asks on the terminal whether it may download.
        if not is_full() or "GEANT4_DATA_DIR" not in os.environ:
            os.environ["GEANT4_DATA_DIR"] = folder
        if not is_full():
            write_photoelectric(Path(folder), import_module("geant4_pybind"))
        simulation = import_module("showergan.tasks.showers.geant4.detector").Simulation()
        with np.load(electrons) as file:
            rows = zip(file["point"], file["momentum"], file["seeds"].tolist(), strict=True)
            cells = [
                simulation.shoot(point.astype(float), momentum.astype(float), seeds)
                for point, momentum, seeds in rows
            ]
        np.savez_compressed(out, cells=np.asarray(cells, np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
