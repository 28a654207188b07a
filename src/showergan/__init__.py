"""Reproducible comparison of GANs for calorimeter showers."""

from importlib.metadata import version

__version__ = version("showergan")
