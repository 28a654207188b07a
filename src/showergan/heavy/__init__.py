"""Libraries that take seconds to import, imported when they are first used.

All but torch may be imported by name from here. Torch is `heavy.torch`: `lazy_loader.load` puts what is not yet loaded
into `sys.modules`, where matplotlib looks for torch and would so load it with every figure. The parts of matplotlib
(`mpl.lines`, ...) are there once seaborn is used, which imports them all.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)

h5py = lazy.load("h5py")
mpl = lazy.load("matplotlib")
np = lazy.load("numpy")
pd = lazy.load("pandas")
sklearn = lazy.load("sklearn")
sns = lazy.load("seaborn")
