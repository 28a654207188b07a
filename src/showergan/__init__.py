"""Reproducible comparison of GANs for calorimeter showers.

Five names hold for programs of others: `load_generator`, `load_showers`, `score`, `prd_auc` and `Constraint`. A user's
mistake raises a `UserError`, whose message says what is wrong and what to do.
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any

__version__ = version("showergan")

# The names for Python, and the modules that have them; these are imported at the first use.
_HOME = {
    "Constraint": "methods.constraints.constraint",
    "TrainedGenerator": "evaluation.generator",
    "UserError": "errors",
    "load_generator": "evaluation.generator",
    "load_showers": "tasks.showers.shower_file",
    "prd_auc": "metrics.prd",
    "prd_curve": "metrics.prd",
    "score": "evaluation.score",
    "write_crate": "records.crate",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"showergan has no {name}")
    return getattr(import_module(f"showergan.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
