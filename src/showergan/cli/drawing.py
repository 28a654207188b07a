"""The options of figures and tables: what each reads, its style, and the files that it is written to."""

from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperCommand

from showergan.cli.options import PROVENANCE, flat, keyword, sign
from showergan.cli.recipe_keys import recipe_keys
from showergan.config.catalogue.exhibit import Artefact, Exhibit
from showergan.config.figures import StyleKeys
from showergan.errors import UserError
from showergan.records.provenance import recorded

STYLE = Annotated[
    str, typer.Option(help="colours and names: JSON, or a JSON file; its keys are listed below")
]


def add_exhibits(app: typer.Typer, kind: str, summary: str, exhibits: dict[str, Exhibit]) -> None:
    """Add a kind of exhibits, a subcommand each."""
    group = typer.Typer(no_args_is_help=True, help=summary)
    keys = escape("Keys of the style:\n" + "\n".join(f"- {k}" for k in recipe_keys(StyleKeys)))
    for name, exhibit in exhibits.items():
        title = exhibit.title.lstrip("0123456789 ") + "."
        group.command(name, help=title, epilog=keys, cls=_command_of(exhibit))(_command(exhibit))
    app.add_typer(group, name=kind)


def _command_of(exhibit: Exhibit) -> type[TyperCommand]:
    """Return the class of a command whose own help is the docstring of what it calls, which loads its module."""

    class Command(TyperCommand):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            from showergan.report.exhibits import function_of  # loads what draws

            self.help = getdoc(function_of(exhibit))
            super().format_help(ctx, formatter)

    return Command


def _command(exhibit: Exhibit) -> Any:
    def command(style: str, provenance: Path | None, **paths: Any) -> None:
        from showergan.report import exhibits  # loads what draws

        shown = exhibits.Style.read(style)
        if not shown.labels and any("labels" in a.names for a in exhibit.reads.values()):
            raise UserError(
                "The style has no labels, the names of the methods: nothing would be shown."
            )
        files: dict[str, Any] = {
            "inputs": flat({name: paths[name] for name in exhibit.reads}),
            "outputs": [paths[ending] for ending in exhibit.files],
        }
        recipe = shown.model_dump(mode="json")
        with recorded(provenance, exhibit.command, recipe, settings={}, **files):
            exhibits.write(exhibit, shown, paths)

    options = [keyword(name, _input(artefact)) for name, artefact in exhibit.reads.items()]
    outputs = [keyword(ending, _output(ending)) for ending in exhibit.files]
    record = keyword("provenance", PROVENANCE, None)
    sign(command, [*options, keyword("style", STYLE), *outputs, record])
    return command


def _input(artefact: Artefact) -> Any:
    files = list[Path] if artefact.of_runs else Path
    return Annotated[files, typer.Option(help=artefact.summary, rich_help_panel="Inputs")]


def _output(ending: str) -> Any:
    return Annotated[Path, typer.Option(help=f"{ending.upper()} file", rich_help_panel="Outputs")]
