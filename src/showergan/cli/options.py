"""The options of subcommands: read by Typer off the annotated keywords of functions, and off the keys of recipes."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from inspect import Parameter, Signature, cleandoc, signature
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer
from pydantic import BaseModel
from rich.markup import escape
from typer.core import TyperCommand

from showergan.errors import UserError


def _without_pipes(given: Any) -> Any:
    """Refuse a path that is a pipe or a device, whose end may never come; return all that was given."""
    for path in given if isinstance(given, list) else [given]:
        if path is not None and path.exists() and not path.is_file() and not path.is_dir():
            raise UserError(f"{path} is no file, but a pipe or a device. Give a file.")
    return given


def _in_panel(panel: str, checked: Callable[[Any], Any] | None = None) -> Callable[..., Any]:
    def option(help: str, variable: str | None = None) -> Any:
        return typer.Option(help=help, envvar=variable, rich_help_panel=panel, callback=checked)

    return option


# Annotations of the keywords of functions: a file that is read, a file that is written, anything else. `variable` names
# the environment variable that gives it where the command line does not.
Input = _in_panel("Inputs", _without_pipes)
Output, Setting = map(_in_panel, ("Outputs", "Settings"))

DataSet = Annotated[Path, Input("data set of `preprocess` or `make-data`: HDF5")]
Generator = Annotated[Path, Input("of `train`: generator.pt")]
Model = Annotated[
    Path | None,
    Input("embedding of `train-embedding`: model.pt; without it no metrics in its space"),
]
Anchors = Annotated[Path, Input("ceilings and floors of `reference`: CSV")]
Metrics = Annotated[
    list[Path],
    typer.Argument(
        help="metrics.csv of every run", rich_help_panel="Inputs", callback=_without_pipes
    ),
]
CheckpointFolder = Annotated[
    Path | None,
    Setting(
        "in which states are kept, where outputs lie on a disk of the job's own; by default beside them",
        "SHOWERGAN_CHECKPOINT_FOLDER",
    ),
]


def keyword(name: str, annotation: Any, default: Any = Parameter.empty) -> Parameter:
    """Return a parameter as Typer reads it; without a default it is needed."""
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_RECORD = Output("file for the record of what made the others: recipe, inputs, code, machine, time")
PROVENANCE = keyword("provenance", Annotated[Path | None, _RECORD], None)


class LateCommand(TyperCommand):
    """A subcommand with its help alone; `make` imports and returns the whole of it when it is called."""

    def __init__(
        self, name: str, help: str, make: Callable[[str], Any], panel: str | None = None
    ) -> None:
        super().__init__(name, help=cleandoc(help), rich_help_panel=panel)
        self._make = make

    def whole(self) -> Any:
        """Return the subcommand with its options."""
        return self._make(cast(str, self.name))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the arguments as the whole subcommand does."""
        return self.whole().make_context(*args, **kwargs)


def command_of(
    name: str,
    function: Callable[..., None],
    options: list[Parameter] | None = None,
    help: str | None = None,
    epilog: str = "",
) -> TyperCommand:
    """Return the subcommand that calls a function with the values of options as keywords.

    `options` and `help` replace those of its signature and its docstring; `epilog` is a text below the options.
    """
    if options is not None:
        function.__signature__ = Signature(options)  # type: ignore[attr-defined]
        function.__annotations__ = {option.name: option.annotation for option in options}
    app = typer.Typer(add_completion=False)
    app.command(name, help=help, epilog=escape(epilog))(function)
    return cast(TyperCommand, typer.main.get_command(app))


def options_of(function: Callable[..., Any]) -> list[Parameter]:
    """Return the options of a function: its keywords, and the fields of those that are annotated with a dataclass."""
    return [option for p in _keywords(function) for option in _fields(p) or [p]]


def called(function: Callable[..., Any], *positional: Any, **values: Any) -> Any:
    """Call a function with the values of its options; those that are missing have their defaults."""
    for parameter in _keywords(function):
        if together := _fields(parameter):
            names = [field.name for field in together if field.name in values]
            made = {name: values.pop(name) for name in names}
            values[parameter.name] = parameter.annotation(**made)
    return function(*positional, **values)


def recorded_arguments(function: Callable[..., Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return what a record states of the values of options: settings, files that are read, files that are written."""
    panels = {o.name: get_args(o.annotation)[1].rich_help_panel for o in options_of(function)}
    of: dict[str, dict[str, Any]] = {"Settings": {}, "Inputs": {}, "Outputs": {}}
    for name, value in values.items():
        of[panels[name]][name] = value
    inputs, outputs = files(of["Inputs"]), files(of["Outputs"])
    return {"settings": of["Settings"], "inputs": inputs, "outputs": outputs}


def files(named: dict[str, Any]) -> list[Path]:
    """Return the files that options name: each one, several or none."""
    lists = (value if isinstance(value, list) else [value] for value in named.values())
    return [path for paths in lists for path in paths if path is not None]


def file_given(text: str, provenance: Path | None) -> list[Path]:
    """Return the file that stands for JSON text, if it is one; none that the record is about to replace."""
    is_json = text.lstrip().startswith("{")
    return [] if is_json or Path(text) == provenance else [Path(text)]


def _keywords(function: Callable[..., Any]) -> list[Parameter]:
    parameters = signature(function).parameters.values()
    return [p for p in parameters if p.kind is Parameter.KEYWORD_ONLY]


def _fields(parameter: Parameter) -> list[Parameter]:
    """Return the fields of a dataclass that a keyword is annotated with; none where it is an option itself."""
    kind = parameter.annotation
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return [keyword(field.name, field.type, field.default) for field in fields]


_Schema = dict[str, Any]


def keys_of(model: type[BaseModel]) -> str:
    """Return a line for each key of a model and of the models within: its type or choices, default and meaning."""
    schema = model.model_json_schema()
    return "\n".join(f"- {line}" for line in _keys(schema, schema.get("$defs", {}), ""))


def _keys(schema: _Schema, models: dict[str, _Schema], prefix: str) -> Iterator[str]:
    for name, key in schema["properties"].items():
        choices = [c for choice in key.get("anyOf", [key]) for c in choice.get("oneOf", [choice])]
        within = [models[c["$ref"].rpartition("/")[2]] for c in choices if "$ref" in c]
        if len(within) != 1 or len(choices) > 1:  # a section has keys alone
            kinds = [model["properties"]["kind"]["const"] for model in within]
            allowed = " | ".join([*kinds, *(_words(c) for c in choices if "$ref" not in c)])
            default = f"default {json.dumps(key['default'])}" if "default" in key else "needed"
            meaning = f"; {key['description']}" if "description" in key else ""
            yield f"{prefix}{name}: {allowed}, {default}{meaning}"
        for model in within:
            yield from _keys(model, models, f"{prefix}{name}.")


def _words(choice: _Schema) -> str:
    if "const" in choice:
        return choice["const"]
    if "enum" in choice:
        return " | ".join(choice["enum"])
    return f"{choice['type']} of {_words(choice['items'])}" if "items" in choice else choice["type"]
