"""Constraints on the discriminator: one idea, one file.

A file that defines a subclass of `Constraint` in this folder is found by itself and can be named by its
`kind` in the configuration.
"""

from showergan.config.kinds import find
from showergan.methods.constraints.base import Constraint, DiscriminatorBatch, Slot

__all__ = ["Constraint", "DiscriminatorBatch", "Slot"]

find(__name__, __path__)
