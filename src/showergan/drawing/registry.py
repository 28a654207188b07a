"""What there is to draw and to write: every figure and every table says it of itself, in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules
from typing import Any

from showergan.config import Config
from showergan.drawing.artefacts import ARTEFACTS
from showergan.drawing.style import Style, themed
from showergan.drawing.table_files import save_table, save_text
from showergan.drawing.worth import always

# The report sorts sections, and the titles in them, by name: the numbers are the order of reading.
GLANCE = "1 At a glance"
COMPARISON, VERDICTS, TRAINING = "2 Comparison", "3 Verdicts", "4 Training"
DATA, NETWORKS, IN_NUMBERS = "5 Data", "6 Networks", "7 Tables"


@dataclass(frozen=True)
class Exhibit:
    """A figure or a table.

    Attributes:
        make: makes it of a style and of the artefacts that the names of its further parameters say, see `ARTEFACTS`.
        title: in the report.
        section: of the report.
        caption: name of its caption in workflow/report.
        worth: whether it has something to show in a run. What has not is left out; asked for, it says so in words.
        kinds: of the files that it is written to, by their endings.
        save: writes it: style, what was made, a path for each kind.
    """

    make: Callable[..., Any]
    title: str
    section: str
    caption: str
    worth: Callable[[Config], bool]
    kinds: tuple[str, ...]
    save: Callable[..., None]

    def __post_init__(self) -> None:
        if unknown := set(self.inputs) - set(ARTEFACTS):
            raise ValueError(
                f"{self.make.__name__}: no artefact is called {', '.join(sorted(unknown))};"
                f" there are {', '.join(ARTEFACTS)}"
            )

    @property
    def inputs(self) -> list[str]:
        """The names of the artefacts that it is made from."""
        return [*signature(self.make).parameters][1:]

    def __call__(self, style: Style, *inputs: Any) -> Any:
        """Make it."""
        return self.make(style, *inputs)


Register = Callable[[Callable[..., Any]], Exhibit]


def register_figure(title: str, section: str, worth: Callable[[Config], bool] = always) -> Register:
    """Make a function that returns a matplotlib figure an exhibit; it draws within the theme of its style."""
    return lambda draw: Exhibit(
        themed(draw), title, section, draw.__name__, worth, ("png", "pdf"), Style.save
    )


def register_table(
    worth: Callable[[Config], bool] = always, caption: str | None = None
) -> Register:
    """Make a function that returns a `Table` an exhibit; its title, and its caption unless given, are its name."""
    return lambda make: Exhibit(
        make,
        make.__name__,
        IN_NUMBERS,
        caption or make.__name__,
        worth,
        ("csv", "md", "tex"),
        save_table,
    )


def register_text(title: str, section: str) -> Register:
    """Make a function that returns a text an exhibit."""
    return lambda make: Exhibit(make, title, section, make.__name__, always, ("txt",), save_text)


def exhibits(package: str, path: Iterable[str]) -> dict[str, Exhibit]:
    """Return the exhibits of a package by their names: in each module what is called like the module."""
    names = [module.name for module in iter_modules(path)]
    found = {name: getattr(import_module(f"{package}.{name}"), name) for name in names}
    return {name: exhibit for name, exhibit in found.items() if isinstance(exhibit, Exhibit)}
