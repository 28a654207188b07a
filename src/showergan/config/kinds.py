"""Ideas that the configuration chooses between by their kind: one idea, one file, found by itself."""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, TypeVar, Union

from pydantic import Field, model_validator

from showergan.config.section import Section

Found = TypeVar("Found", bound="Kind")


class Kind(Section):
    """One idea and its parameters, frozen and checked.

    The workflow reads these classes whenever it is parsed, so their files take PyTorch from `showergan.heavy`.
    """

    kind: str

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: Any) -> Any:
        """Leave out keys set to null, so that a file laid over another can clear those of the kind it replaces.

        What comes from here is judged as Python's own, where the tuples that JSON has as lists are tuples.
        """
        if not isinstance(raw, dict):
            return raw
        given = {k: v for k, v in raw.items() if v is not None}
        return {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}


def find(package: str, path: Iterable[str]) -> None:
    """Import every file of a package, so that its kinds are known."""
    for module in iter_modules(path):
        import_module(f"{package}.{module.name}")


def kinds(base: type[Found], **marks: Any) -> dict[str, type[Found]]:
    """Return the kinds of an idea by name.

    Args:
        base: the idea, whose subclasses are its kinds.
        **marks: attributes of the class that are wanted.
    """
    found = [k for k in base.__subclasses__() if all(getattr(k, m) == v for m, v in marks.items())]
    return {k.model_fields["kind"].default: k for k in sorted(found, key=lambda k: k.__name__)}


def one_of(base: type[Kind], **marks: Any) -> Any:
    """Return the type of a configuration field that holds one of the kinds, told by its key `kind`."""
    choices = tuple(kinds(base, **marks).values())
    if len(choices) == 1:
        return choices[0]
    return Annotated[Union[choices], Field(discriminator="kind")]  # noqa: UP007
