"""PyTorch, without its compiler, which nothing here needs and whose import takes as long as PyTorch's own.

Optimisers ask `torch._dynamo`, the compiler's front end, to leave their steps alone. What stands here in its place does
nothing, as it does when nothing is compiled; asked for anything else, it imports the compiler and stands aside.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.nn import functional

__all__ = ["functional", "nn", "torch"]


class _NotCompiling(ModuleType):
    """Stands for `torch._dynamo` until something needs it."""

    def graph_break(self) -> None:
        """Divide what is compiled: nothing."""

    def disable(self, fn: Callable[..., Any], recursive: bool, *, wrapping: bool) -> Any:
        """Return a function that is not compiled: itself."""
        return fn

    def __getattr__(self, name: str) -> Any:
        """Import the compiler; a look through all modules (`inspect.getmodule`) asks for no part of it."""
        if name == "__file__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


_DYNAMO = "torch._dynamo"
if _DYNAMO not in sys.modules:
    torch._dynamo = sys.modules[_DYNAMO] = _NotCompiling(_DYNAMO)
