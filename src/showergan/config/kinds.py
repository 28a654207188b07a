"""Choices that the configuration makes by their `kind`: what it may say here, what is done elsewhere.

Classes of this package hold parameters only, so that the workflow can read a configuration without PyTorch. The class
that acts as they say is imported when it is needed.
"""

import warnings
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Annotated, Any, ClassVar, TypeVar, Union

from pydantic import Field, model_validator

from showergan.config.section import Section
from showergan.errors import UserError

Found = TypeVar("Found", bound="Kind")
Acting = TypeVar("Acting")


class Kind(Section):
    """A choice and its parameters, frozen and checked.

    Attributes:
        implementation: the class that acts as the parameters say, as "module:class"; "": the class of the parameters.
        kind: name of the choice in the configuration.
    """

    implementation: ClassVar[str] = ""
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


def kinds(base: type[Found]) -> dict[str, type[Found]]:
    """Return the direct subclasses of a class by their kind."""
    found = sorted(base.__subclasses__(), key=lambda kind: kind.__name__)
    return {kind.model_fields["kind"].default: kind for kind in found}


def one_of(base: type[Kind]) -> Any:
    """Return the type of a configuration field that holds one of the kinds, chosen by its key `kind`."""
    choices = tuple(kinds(base).values())
    if len(choices) == 1:
        return choices[0]
    return Annotated[Union[choices], Field(discriminator="kind")]  # noqa: UP007


def implementation_of(parameters: Kind, base: type[Acting]) -> type[Acting]:
    """Import and return the class that acts as parameters say.

    Args:
        parameters: of the configuration.
        base: the class that it must inherit.

    Raises:
        UserError: it does not, or cannot be imported.
    """
    own, place = type(parameters), parameters.implementation
    try:
        found: Any = resolve_name(place) if place else own
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(
            f"kind {parameters.kind}: its implementation {place} cannot be imported ({error}): mend "
            f"{own.__module__}.{own.__qualname__}, or the package that it names"
        ) from error
    if not issubclass(found, base):
        raise UserError(
            f"kind {parameters.kind}: {found.__module__}.{found.__qualname__} is no {base.__module__}.{base.__name__}: "
            "let it inherit that class, or name another one in `implementation`"
        )
    return found


def acting(parameters: Kind, base: type[Acting]) -> Acting:
    """Return an object with the same parameters that also acts as they say; see `implementation_of`."""
    found = implementation_of(parameters, base)
    return parameters if isinstance(parameters, found) else found(**dict(parameters))


def import_installed(group: str) -> None:
    """Import the modules in which installed packages define further kinds.

    A package that cannot be imported is warned of: only a configuration that names its kinds needs it.

    Args:
        group: of entry points, for example "showergan.losses".
    """
    for entry in entry_points(group=group):
        try:
            import_module(entry.module)
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.name
            warnings.warn(
                f"The package {package} offers {entry.value} as one of {group}, which cannot be imported "
                f"({type(error).__name__}: {error}): mend or uninstall it.",
                stacklevel=2,
            )
