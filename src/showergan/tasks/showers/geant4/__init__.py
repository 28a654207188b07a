"""Showers of the calorimeter in full simulation, by Geant4 from the package geant4-pybind."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(__name__, ["simulation"])
