"""The options of a step: what Typer reads off a function, read off the step."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from rich.markup import escape

from showergan.cli.recipe_keys import recipe_keys
from showergan.cli.step import Argument, Input, Output, Setting, Step
from showergan.records.provenance import recorded

PROVENANCE = Annotated[
    Path | None,
    typer.Option(
        help="file for the record of what made the others: recipe, inputs, code, machine, time",
        rich_help_panel="Outputs",
    ),
]


def add_step(app: typer.Typer, step: type[Step], panel: str) -> None:
    """Add the subcommand of a step: an option for each keyword of its `run`, beside those of the recipe."""

    def command(recipe: str, provenance: Path | None, **arguments: Any) -> None:
        made = step.read(recipe).adapted(**arguments)
        files = _by_kind(step.run, arguments)
        files["inputs"] += made.reads
        with recorded(provenance, step.name, made.whole(), **files):
            after = made.run(**arguments)
        if after:
            after()

    sign(command, [*_options(step.run), _recipe(step), keyword("provenance", PROVENANCE, None)])
    keys = "\n".join(f"- {key}" for key in recipe_keys(step))
    name = step.name.replace("_", "-")
    told = escape(f"Keys of the recipe:\n{keys}")
    app.command(name, help=step.__doc__, epilog=told, rich_help_panel=panel)(command)


def add_function(app: typer.Typer, function: Callable[..., None]) -> None:
    """Add the subcommand of a function that is annotated as the `run` of a step; it has no recipe."""

    def command(provenance: Path | None, **arguments: Any) -> None:
        with recorded(provenance, function.__name__, {}, **_by_kind(function, arguments)):
            function(**arguments)

    sign(command, [*_options(function), keyword("provenance", PROVENANCE, None)])
    app.command(function.__name__, help=function.__doc__)(command)


def sign(command: Callable[..., None], options: list[Parameter]) -> None:
    """Let Typer read these options off a function of keywords."""
    command.__signature__ = Signature(options)  # type: ignore[attr-defined]
    command.__annotations__ = {option.name: option.annotation for option in options}


def _options(function: Callable[..., Any]) -> list[Parameter]:
    """Return the options of a function; the first list is what it is about, and stands without a name."""
    found = [p for name, p in signature(function).parameters.items() if name != "self"]
    lists = [p.name for p in found if get_origin(get_args(p.annotation)[0]) is list]
    return [_option(p, named=p.name not in lists[:1]) for p in found]


def _by_kind(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what a record says of the arguments of a function: settings, files that it reads, files that it writes."""
    parameters = signature(function).parameters
    kinds = {name: type(get_args(parameters[name].annotation)[1]) for name in given}

    def of(kind: type[Argument]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if kinds[name] is kind}

    return {"settings": of(Setting), "inputs": flat(of(Input)), "outputs": flat(of(Output))}


def flat(files: dict[str, Any]) -> list[Path]:
    """Return the files that options name: each one, several or none."""
    lists = (value if isinstance(value, list) else [value] for value in files.values())
    return [path for paths in lists for path in paths if path is not None]


def _option(parameter: Parameter, *, named: bool) -> Parameter:
    kind, told = get_args(parameter.annotation)
    make = typer.Option if named else typer.Argument
    option = make(help=told.help, envvar=told.variable, rich_help_panel=f"{type(told).__name__}s")
    return parameter.replace(annotation=Annotated[kind, option])


def _recipe(step: type[Step]) -> Parameter:
    needed = any(field.is_required() for field in step.model_fields.values())
    told = typer.Option(help="what to do: JSON, or a JSON file; its keys are told below")
    return keyword("recipe", Annotated[str, told], Parameter.empty if needed else "{}")


def keyword(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    """Return a parameter as Typer reads it; without a default it is needed."""
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
