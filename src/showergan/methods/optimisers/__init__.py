"""Optimisers of both networks: one rule, one file.

A file that defines a subclass of `Optimiser` in this folder is found by itself and can be named by its `kind` in the
configuration.
"""

from showergan.config.kinds import find
from showergan.methods.optimisers.base import Optimiser

__all__ = ["Optimiser"]

find(__name__, __path__)
