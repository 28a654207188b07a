"""Reproducible comparison of GANs for calorimeter showers."""

from importlib.metadata import version

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
__version__ = version("showergan")
