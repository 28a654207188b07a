"""Choices by `kind`: their parameters in the configuration, and the import of the classes that implement them.

The classes in `config` hold parameters only, so that the workflow reads a configuration without importing PyTorch. An
implementation is imported when it is needed.
"""

import warnings
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args

from pydantic import Field, model_validator

from showergan.config.section import Section
from showergan.errors import UserError

Found = TypeVar("Found", bound="Kind")
Implementation = TypeVar("Implementation")


class Kind(Section):
    """A choice and its parameters, frozen and checked.

    Attributes:
        implementation: the class that does what the parameters describe, as "module:class"; "": this class.
        kind: name of the choice in the configuration.
    """

    implementation: ClassVar[str] = ""
    kind: str

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: Any) -> Any:
        """Leave out keys set to null, so that a file laid over another can clear those of the kind it replaces.

        Lists become tuples, since pydantic validates the result as Python objects, not as JSON.
        """
        if not isinstance(raw, dict):
            return raw
        kept = {k: v for k, v in raw.items() if v is not None}
        return {k: tuple(v) if isinstance(v, list) else v for k, v in kept.items()}


def kinds(base: type[Found]) -> dict[str, type[Found]]:
    """Return the direct subclasses of a class by their kind.

    Raises:
        UserError: one of them has no kind, or two have the same.
    """
    found: dict[str, type[Found]] = {}
    for own in sorted(base.__subclasses__(), key=lambda own: own.__name__):
        field, place = own.model_fields["kind"], f"{own.__module__}.{own.__name__}"
        if field.default not in get_args(field.annotation):
            raise UserError(
                f'{place} has no kind: give it one, kind: Literal["name"] = "name", or uninstall its package'
            )
        other = found.setdefault(field.default, own)
        if other is not own:
            raise UserError(
                f"{other.__module__}.{other.__name__} and {place} have the same kind, {field.default}: rename one, or "
                "uninstall its package"
            )
    return found


def one_of(base: type[Kind]) -> Any:
    """Return the type of a configuration field that holds one of the kinds, chosen by its key `kind`."""
    choices = tuple(kinds(base).values())
    if len(choices) == 1:
        return choices[0]
    return Annotated[Union[choices], Field(discriminator="kind")]  # noqa: UP007


def implementation_of(parameters: Kind, base: type[Implementation]) -> type[Implementation]:
    """Import and return the class that implements a choice.

    Raises:
        UserError: it does not inherit `base`, or cannot be imported.
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


def implemented(parameters: Kind, base: type[Implementation]) -> Implementation:
    """Return an instance of the implementation with the same parameters; see `implementation_of`."""
    found = implementation_of(parameters, base)
    return parameters if isinstance(parameters, found) else found(**dict(parameters))


def import_installed(group: str) -> None:
    """Import the modules in which installed packages define further kinds, by a group of entry points.

    A package that cannot be imported gives a warning, since only a configuration that names its kinds needs it.
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
