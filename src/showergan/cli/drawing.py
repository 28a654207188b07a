"""Subcommands of figures and tables: inputs, style and outputs of each."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from showergan.cli.options import (
    PROVENANCE,
    Input,
    Output,
    command_of,
    file_given,
    files,
    keys_of,
    keyword,
)
from showergan.config.catalogue.exhibit import Exhibit, exhibits
from showergan.config.tasks.found import SPECS
from showergan.errors import UserError
from showergan.records.provenance import recorded
from showergan.report.exhibits import function_of, write
from showergan.report.style import Style

STYLE = Annotated[
    str, typer.Option(help="colours and names: JSON, or a JSON file; its keys are listed below")
]

HELP = {
    "figure": "Draw a figure, as the workflow does.",
    "table": "Write a table, as the workflow does.",
}


class _Late(TyperCommand):
    """A figure or table of which no more than the title is known; its module is imported when it is called."""

    def __init__(self, name: str, exhibit: Exhibit) -> None:
        super().__init__(name, help=exhibit.title.lstrip("0123456789 ") + ".")
        self._exhibit = exhibit

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        return _command(self._exhibit).make_context(*args, **kwargs)


def subcommand(name: str) -> TyperGroup:
    """Return the subcommand `figure` or `table`, with a subcommand for each exhibit."""
    group = TyperGroup(name=name, no_args_is_help=True, help=HELP[name])
    for of, exhibit in exhibits(f"{name}s", SPECS).items():
        group.add_command(_Late(of, exhibit))
    return group


def _command(exhibit: Exhibit) -> TyperCommand:
    def command(style: str, provenance: Path | None, **paths: Any) -> None:
        shown = Style.read(style)
        if not shown.labels and any("labels" in a.names for a in exhibit.reads.values()):
            nothing = "The style has no labels, the names of the methods: nothing would be shown."
            raise UserError(nothing)
        written = [paths[ending] for ending in exhibit.files]
        read = files({name: paths[name] for name in exhibit.reads}) + file_given(style, provenance)
        recipe = shown.model_dump(mode="json")
        with recorded(provenance, exhibit.command, recipe, {}, read, written):
            write(exhibit, shown, paths)

    options = [
        keyword(name, Annotated[list[Path] if read.of_runs else Path, Input(read.summary)])
        for name, read in exhibit.reads.items()
    ]
    outputs = [
        keyword(ending, Annotated[Path, Output(f"{ending.upper()} file")])
        for ending in exhibit.files
    ]
    every = [*options, keyword("style", STYLE), *outputs, PROVENANCE]
    keys = f"Keys of the style:\n{keys_of(Style)}"
    return command_of(exhibit.name, command, every, function_of(exhibit).__doc__ or "", keys)
