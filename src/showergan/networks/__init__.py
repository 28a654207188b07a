"""Generators and discriminators: one architecture, one file.

A file that defines a subclass of `GeneratorNetwork` or `DiscriminatorNetwork` in this folder is found by itself and can
be named by its `kind` in the configuration.
"""

from showergan.config.kinds import find
from showergan.networks.base import DiscriminatorNetwork, GeneratorNetwork, Network, Shape

__all__ = ["DiscriminatorNetwork", "GeneratorNetwork", "Network", "Shape"]

find(__name__, __path__)
