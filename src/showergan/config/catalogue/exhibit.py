"""Figures and tables as data: title, section, artefacts, and the module whose function makes each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from showergan.config.whole import Config

# The report sorts sections, and the titles in them, by name: the numbers are the order of reading.
GLANCE = "1 At a glance"
COMPARISON, VERDICTS, TRAINING = "2 Comparison", "3 Verdicts", "4 Training"
DATA, NETWORKS, IN_NUMBERS = "5 Data", "6 Networks", "7 Tables"
WGAN_STUDY = "8 WGAN study"

FILES = {"figure": ("png", "pdf"), "table": ("csv", "md", "tex", "html"), "text": ("txt",)}


@dataclass(frozen=True)
class Artefact:
    """A file, or one for each run, that figures and tables are made from; where it lies the workflow knows.

    Attributes:
        summary: what it is.
        reader: of `showergan.report.exhibits.READERS`, reads one file.
        of_runs: whether there is one for each run, .../{architecture}/{method}/{learning rates}/seed{seed}/{file}.
        names: the fields of a style that say what it is about: those of methods, unless it is about none.
    """

    summary: str
    reader: str = "table"
    of_runs: bool = False
    names: tuple[str, ...] = ("labels", "architectures")


@dataclass(frozen=True)
class Exhibit:
    """A figure, a table or a text.

    Attributes:
        place: its name, after that of its module and a dot where the two differ.
        title: in the report.
        read: names of the artefacts that it is made from, blanks between them.
        applicable: whether it has something to show in a run. One that has not is left out of the run; drawn by
            hand, it says so in words.
        kind: what it is.
        section: of the report.
        artefacts: those that there are, by name.
        caption: name of its caption in workflow/report, by default its own.
        every_architecture: whether it shows all architectures, and not the first of several.
        package: whose folder `figures` or `tables` has its module.
    """

    place: str
    title: str
    read: str
    applicable: Callable[[Config], bool] = lambda config: True
    kind: Literal["figure", "table", "text"] = "figure"
    section: str = field(kw_only=True)
    artefacts: Mapping[str, Artefact] = field(kw_only=True)
    caption: str = ""
    every_architecture: bool = False
    package: str = "showergan.report"

    def __post_init__(self) -> None:
        if unknown := [name for name in self.read.split() if name not in self.artefacts]:
            names, known = ", ".join(unknown), ", ".join(self.artefacts)
            raise ValueError(f"{self.name}: no artefact is called {names}; there are {known}")

    @property
    def name(self) -> str:
        """Its own, and that of the function of its module that makes it of a style and of what it reads."""
        return self.place.split(".")[-1]

    @property
    def module(self) -> str:
        """The module that draws or writes it."""
        folder = "figures" if self.kind == "figure" else "tables"
        return f"{self.package}.{folder}.{self.place.split('.')[0]}"

    @property
    def reads(self) -> dict[str, Artefact]:
        """The artefacts that it is made from, by the names of the parameters of its function, in their order."""
        return {name: self.artefacts[name] for name in self.read.split()}

    @property
    def command(self) -> str:
        """Its subcommand, for example "figure losses"; a text is one of the tables."""
        return f"{'figure' if self.kind == 'figure' else 'table'} {self.name}"

    @property
    def files(self) -> tuple[str, ...]:
        """The endings of the files that it is written to."""
        return FILES[self.kind]

    def style_of(self, config: Config) -> dict[str, Any]:
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
        own: dict[str, Any] = {"run": config.run, "task": config.task}
        if self.kind == "figure":
            own = {"figures": config.figures.model_dump(mode="json")}
        wanted = {name for artefact in self.reads.values() for name in artefact.names}
        return own | {name: known[name] for name in known if name in wanted}


def exhibits(folder: str, tasks: Iterable[str]) -> dict[str, Exhibit]:
    """Return the "figures" or the "tables", texts among them, of any task and of some tasks alone, by name.

    Raises:
        ValueError: two have the same name.
    """
    found: dict[str, Exhibit] = {}
    for name in ("any_task", *tasks):
        module = f"{__package__}.{name}"
        for one in import_module(module).EXHIBITS if find_spec(module) else ():
            if (one.kind == "figure") == (folder == "figures"):
                if one.name in found:
                    raise ValueError(f"{module}: another of the {folder} is called {one.name}, too")
                found[one.name] = one
    return found
