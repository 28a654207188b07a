"""Libraries that take seconds to import, imported when they are first used.

All but PyTorch and scikit-learn may be imported by name from here. Those are `heavy.torch` and `heavy.ensemble`:
`lazy_loader.load` puts what is not yet loaded into `sys.modules`, where matplotlib looks for torch, and torch for
scikit-learn, and each would so load the other. The parts of matplotlib (`mpl.lines`, ...) are there once seaborn is
used, which imports them all.
"""

from importlib.util import _LazyModule  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)

filelock = lazy.load("filelock")
h5py = lazy.load("h5py")
mpl = lazy.load("matplotlib")
np = lazy.load("numpy")
pd = lazy.load("pandas")
sns = lazy.load("seaborn")


class _Waiting(ModuleType):
    """A library that is not yet loaded, and tells of no file that it comes from.

    PyTorch asks everything in `sys.modules` for that (`inspect.getmodule`), which would load it.
    """

    def __getattribute__(self, name: str) -> Any:
        if name == "__file__":
            raise AttributeError(name)
        object.__setattr__(self, "__class__", _LazyModule)
        return getattr(self, name)


for _library in (filelock, h5py, mpl, np, pd, sns):
    if type(_library) is _LazyModule:
        object.__setattr__(_library, "__class__", _Waiting)
