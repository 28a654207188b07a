"""Points in a plane, drawn from known distributions: a task small enough to see all of a training."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
