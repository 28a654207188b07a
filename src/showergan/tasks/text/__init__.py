"""Lines of text, character by character: samples that are discrete, made by networks that are not."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
