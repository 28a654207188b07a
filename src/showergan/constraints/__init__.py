"""Constraints on the discriminator: one idea, one file.

A file that defines a subclass of `Constraint` in this folder is found by itself and can be named by its
`kind` in the configuration.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, Union

from pydantic import Field

from showergan.constraints.base import Constraint, DiscriminatorBatch, Slot

__all__ = ["Constraint", "DiscriminatorBatch", "Slot", "kinds", "one_of"]

for _module in iter_modules(__path__):
    # layers.py is the shared mechanism and imports torch; it defines no constraint.
    if _module.name != "layers":
        import_module(f"{__name__}.{_module.name}")


def kinds(slot: Slot) -> dict[str, type[Constraint]]:
    """Return the constraints of a slot by their kind."""
    found = [c for c in Constraint.__subclasses__() if c.slot == slot]
    return {c.model_fields["kind"].default: c for c in sorted(found, key=lambda c: c.__name__)}


def one_of(slot: Slot) -> Any:
    """Return the type of a configuration field that holds a constraint of this slot, told by `kind`."""
    choices = tuple(kinds(slot).values())
    if len(choices) == 1:
        return choices[0]
    return Annotated[Union[choices], Field(discriminator="kind")]  # noqa: UP007
