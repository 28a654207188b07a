"""Clusters of two samples together; imported where they are first used, for they need PyTorch and scikit-learn."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
