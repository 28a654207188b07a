"""Samples from trained generators: the generator's file, generating, and files for other programs."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
