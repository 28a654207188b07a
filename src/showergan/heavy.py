"""Heavy libraries, each loaded at its first use: what names them here can be imported by the workflow's parse.

Their types stand in heavy.pyi.
"""

import lazy_loader as lazy

np = lazy.load("numpy")
pd = lazy.load("pandas")
torch = lazy.load("torch")
