"""Showers of the calorimeter in full simulation, by Geant4 from the package geant4-pybind."""
