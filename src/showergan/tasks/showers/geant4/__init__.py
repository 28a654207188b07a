"""Full simulation of showers by Geant4, from the package geant4-pybind."""
