"""Showers that come with the package: simulated by Geant4, energies rounded to three significant digits."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "geant4_showers.npz"
