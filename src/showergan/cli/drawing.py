"""Subcommands of figures and tables: inputs, style and outputs of each."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from showergan.cli import OTHERS
from showergan.cli.options import (
    PROVENANCE,
    Input,
    LateCommand,
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


def subcommand(name: str) -> TyperGroup:
    """Return the subcommand `figure` or `table`, of which each exhibit is a subcommand known by its title."""
    found = exhibits(f"{name}s", SPECS)
    group = TyperGroup(name=name, no_args_is_help=True, help=OTHERS[name][1])
    for exhibit in found.values():
        help = exhibit.title.lstrip("0123456789 ") + "."
        group.add_command(LateCommand(exhibit.name, help, lambda name: _command(found[name])))
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
