"""Losses of the discriminator and of the generator: one pair, one file.

A file that defines a subclass of `Loss` in this folder is found by itself and can be named by its `kind` in the
configuration.
"""

from showergan.config.kinds import find
from showergan.methods.losses.base import Loss

__all__ = ["Loss"]

find(__name__, __path__)
