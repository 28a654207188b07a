"""Pictures: of digits, in a file of MNIST's format, or in a folder."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
