"""Libraries that take seconds to import, imported when they are first used.

`lazy_loader.load` would put an unloaded torch into `sys.modules`, where matplotlib looks for it and so loads it with
every figure.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
