"""The showers that come with the package: simulated by Geant4, energies rounded to three significant digits."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "geant4_showers.npz"
SHA256 = "3fc090175008ad5f9daa231d5553d91a85548bd5c0c504aa721b8454a7e44cf9"
