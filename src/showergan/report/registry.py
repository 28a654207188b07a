"""What there is to draw and to write: every figure and every table says it of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from showergan.config.whole import Config
from showergan.report.applicable import always
from showergan.report.architectures import of_first
from showergan.report.artefacts import ARTEFACTS, Artefact
from showergan.report.style import Style, themed
from showergan.report.table_files import save_table, save_text

# The report sorts sections, and the titles in them, by name: the numbers are the order of reading.
GLANCE = "1 At a glance"
COMPARISON, VERDICTS, TRAINING = "2 Comparison", "3 Verdicts", "4 Training"
DATA, NETWORKS, IN_NUMBERS = "5 Data", "6 Networks", "7 Tables"
WGAN_STUDY = "8 WGAN study"


@dataclass(frozen=True)
class Exhibit:
    """A figure or a table.

    Attributes:
        make: makes it of a style and of the artefacts that the names of its further parameters say, see `inputs`.
        title: in the report.
        section: of the report.
        caption: name of its caption in workflow/report.
        applicable: whether it has something to show in a run. What has not is left out; asked for, it says so in words.
        kinds: of the files that it is written to, by their endings.
        save: writes it: style, what was made, a path for each kind.
        own: artefacts by name that only its task has, beside `ARTEFACTS`; where they lie the rules of the task say.
    """

    make: Callable[..., Any]
    title: str
    section: str
    caption: str
    applicable: Callable[[Config], bool]
    kinds: tuple[str, ...]
    save: Callable[..., None]
    own: Own

    def __post_init__(self) -> None:
        _ = self.inputs  # tells what there is not

    @property
    def inputs(self) -> dict[str, Artefact]:
        """The artefacts that it is made from."""
        known = {**ARTEFACTS, **self.own}
        names = [*signature(self.make).parameters][1:]
        if unknown := [name for name in names if name not in known]:
            raise ValueError(
                f"{self.make.__name__}: no artefact is called {', '.join(unknown)};"
                f" there are {', '.join(known)}"
            )
        return {name: known[name] for name in names}

    def look(self, config: Config) -> dict[str, Any]:
        """Return the fields of its style in a run: no more than it shows, for a change of any makes it anew."""
        offsets = {name: getattr(m.penalty, "offset", None) for name, m in config.methods.items()}
        several = len(config.compared) > 1
        methods = config.sorted_methods
        known: dict[str, Any] = {
            "labels": {name: method.label for name, method in methods.items()},
            "architectures": {k: a.label for k, a in config.compared.items() if several},
            "offsets": {name: offset for name, offset in offsets.items() if offset is not None},
            "settings": {name: config.setting(name) for name in methods},
        }
        is_figure = self.save is Style.save
        own = (
            {"figures": config.figures.model_dump(mode="json")}
            if is_figure
            else {"run": config.run, "task": config.task}
        )
        asked = {name for artefact in self.inputs.values() for name in artefact.names}
        return own | {name: known[name] for name in known if name in asked}

    def __call__(self, style: Style, *inputs: Any) -> Any:
        """Make it."""
        return self.make(style, *inputs)


Register = Callable[[Callable[..., Any]], Exhibit]
Applicable = Callable[[Config], bool]
Own = Mapping[str, Artefact]
NONE: Own = MappingProxyType({})


def register_figure(
    title: str,
    section: str,
    applicable: Applicable = always,
    own: Own = NONE,
    *,
    every_architecture: bool = False,
) -> Register:
    """Make a function that returns a matplotlib figure an exhibit; it draws within the theme of its style.

    Of several architectures it is given the first, unless it shows every one.
    """

    def register(draw: Callable[..., Any]) -> Exhibit:
        make = themed(draw if every_architecture else of_first(draw))
        return Exhibit(
            make, title, section, draw.__name__, applicable, ("png", "pdf"), Style.save, own
        )

    return register


def register_table(
    title: str, applicable: Applicable = always, caption: str | None = None, own: Own = NONE
) -> Register:
    """Make a function that returns a `Table` an exhibit; its caption is its name unless given."""
    return lambda make: Exhibit(
        make,
        title,
        IN_NUMBERS,
        caption or make.__name__,
        applicable,
        ("csv", "md", "tex", "html"),
        save_table,
        own,
    )


def register_text(title: str, section: str) -> Register:
    """Make a function that returns a text an exhibit."""
    return lambda make: Exhibit(
        make, title, section, make.__name__, always, ("txt",), save_text, NONE
    )


def exhibits(kind: str, homes: Iterable[str]) -> dict[str, Exhibit]:
    """Return what is of a kind, "figures" or "tables", of any task or in the packages of some tasks, by name.

    Raises:
        ValueError: two have the same name.
    """
    found: dict[str, Exhibit] = {}
    for home in ("showergan.report", *homes):
        further = _in_package(f"{home}.{kind}")
        if twice := found.keys() & further.keys():
            raise ValueError(f"{home}: other {kind} are called {', '.join(sorted(twice))}, too")
        found |= further
    return found


def _in_package(package: str) -> dict[str, Exhibit]:
    """Return the exhibits of a package, if there is one, by name."""
    if find_spec(package) is None:
        return {}
    names = [module.name for module in iter_modules(import_module(package).__path__)]
    modules = [import_module(f"{package}.{name}") for name in names]
    # To ask a library whether it is an instance would load it.
    return {
        name: exhibit
        for module in modules
        for name, exhibit in vars(module).items()
        if type(exhibit) is Exhibit
    }
