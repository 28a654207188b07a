"""What figures and tables share: how they register, what they are made from, how they look."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
