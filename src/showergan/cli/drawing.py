"""The options of figures and tables: what each is made from, how it looks, and the files that it is written to."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from showergan.cli.options import PROVENANCE, command_of, file_given, files, keys_of, keyword
from showergan.errors import UserError
from showergan.io.tables import UNEXPECTED, tables
from showergan.records.provenance import recorded
from showergan.report.artefacts import Artefact
from showergan.report.registry import Exhibit, exhibits
from showergan.report.style import Style
from showergan.tasks.found import TASKS

LOOK = Annotated[
    str, typer.Option(help="colours and names: JSON, or a JSON file; its keys are told below")
]

HELP = {
    "figure": "Draw a figure, as the workflow does.",
    "table": "Write a table, as the workflow does.",
}


def subcommand(name: str) -> TyperGroup:
    """Return the subcommand `figure` or `table`, with a subcommand for each exhibit."""
    group = TyperGroup(name=name, no_args_is_help=True, help=HELP[name])
    for of, exhibit in exhibits(f"{name}s", TASKS.values()).items():
        group.add_command(_command(of, f"{name} {of}", exhibit))
    return group


def _command(name: str, called: str, exhibit: Exhibit) -> TyperCommand:
    inputs = exhibit.inputs.items()

    def command(look: str, provenance: Path | None, **paths: Any) -> None:
        style = Style.read(look)
        if not style.labels and any("labels" in artefact.names for _, artefact in inputs):
            raise UserError(
                "The look has no labels, the names of the methods: nothing would be shown."
            )
        written = [paths.pop(kind) for kind in exhibit.kinds]
        read_from = files(paths)
        looked = [*read_from, *file_given(look, provenance)]
        with recorded(provenance, called, style.model_dump(mode="json"), {}, looked, written):
            with tables(*read_from):
                read = [artefact.load(paths[name]) for name, artefact in inputs]
            made = _made(exhibit, style, read, called)
            exhibit.save(style, made, *written)

    options = [keyword(name, _input(artefact)) for name, artefact in inputs]
    outputs = [keyword(kind, _output(kind)) for kind in exhibit.kinds]
    record = keyword("provenance", PROVENANCE, None)
    keys = f"Keys of the look:\n{keys_of(Style)}"
    every = [*options, keyword("look", LOOK), *outputs, record]
    return command_of(name, command, every, exhibit.make.__doc__ or "", keys)


def _made(exhibit: Exhibit, style: Style, read: list[Any], called: str) -> Any:
    """Return what an exhibit makes of what was read; of other columns or values than it wants it can make nothing.

    Raises:
        UserError: it failed. Whether through its inputs or through itself nobody can tell, so nothing is blamed alone.
    """
    try:
        return exhibit(style, *read)
    except UNEXPECTED as error:
        options = ", ".join("--" + name.replace("_", "-") for name in exhibit.inputs)
        raise UserError(
            f"{called} failed ({type(error).__name__}: {error}). Give the files that the steps wrote to {options};"
            " if they are, this is a fault of showergan: please report it."
        ) from error


def _input(artefact: Artefact) -> Any:
    files = list[Path] if artefact.of_runs else Path
    return Annotated[files, typer.Option(help=artefact.told, rich_help_panel="Inputs")]


def _output(kind: str) -> Any:
    return Annotated[Path, typer.Option(help=f"{kind.upper()} file", rich_help_panel="Outputs")]
