"""The options of figures and tables: what each is made from, how it looks, and the files that it is written to."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from showergan.cli.options import PROVENANCE, flat, keyword, sign
from showergan.cli.recipe_keys import recipe_keys
from showergan.errors import UserError
from showergan.io.tables import UNEXPECTED, tables
from showergan.records.provenance import recorded
from showergan.report.artefacts import Artefact
from showergan.report.registry import Exhibit
from showergan.report.style import Style

LOOK = Annotated[
    str, typer.Option(help="colours and names: JSON, or a JSON file; its keys are told below")
]


def add_exhibits(app: typer.Typer, kind: str, told: str, exhibits: dict[str, Exhibit]) -> None:
    """Add a kind of exhibits, a subcommand each."""
    group = typer.Typer(no_args_is_help=True, help=told)
    keys = "\n".join(f"- {key}" for key in recipe_keys(Style))
    for name, exhibit in exhibits.items():
        add = group.command(
            name, help=exhibit.make.__doc__, epilog=escape(f"Keys of the look:\n{keys}")
        )
        add(_command(f"{kind} {name}", exhibit))
    app.add_typer(group, name=kind)


def _command(called: str, exhibit: Exhibit) -> Any:
    inputs = exhibit.inputs.items()

    def command(look: str, provenance: Path | None, **paths: Any) -> None:
        style = Style.read(look)
        if not style.labels and any("labels" in artefact.names for _, artefact in inputs):
            raise UserError(
                "The look has no labels, the names of the methods: nothing would be shown."
            )
        files = {
            "inputs": flat({name: paths[name] for name, _ in inputs}),
            "outputs": [paths[kind] for kind in exhibit.kinds],
        }
        recipe = style.model_dump(mode="json")
        with recorded(provenance, called, recipe, settings={}, **files):
            with tables(*files["inputs"]):
                read = [artefact.load(paths[name]) for name, artefact in inputs]
            made = _made(exhibit, style, read, called)
            exhibit.save(style, made, *files["outputs"])

    options = [keyword(name, _input(artefact)) for name, artefact in inputs]
    outputs = [keyword(kind, _output(kind)) for kind in exhibit.kinds]
    record = keyword("provenance", PROVENANCE, None)
    sign(command, [*options, keyword("look", LOOK), *outputs, record])
    return command


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
