"""Report: figures and tables, and what they share.

Matplotlib is imported here, before anything that draws, without the settings of a user, which can stop even that: it
takes them from the environment, and before all from a file of the working directory.
"""

import os
import sys
from contextlib import chdir

if "matplotlib.rcsetup" not in sys.modules:
    _theirs = {name: os.environ.pop(name, None) for name in ("MPLBACKEND", "MATPLOTLIBRC")}
    os.environ["MATPLOTLIBRC"] = os.devnull
    try:
        with chdir(sys.prefix):
            import matplotlib  # noqa: F401
    finally:
        del os.environ["MATPLOTLIBRC"]
        os.environ.update({name: value for name, value in _theirs.items() if value is not None})
