"""The subcommand of a step: its recipe, its options, and the record of what it made."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from showergan.cli import options
from showergan.config.recipes.found import RECIPES
from showergan.config.recipes.recipe import Recipe
from showergan.records.provenance import recorded


def subcommand(name: str) -> TyperCommand:
    """Return the subcommand of a step: options for the keywords of its function, and for its recipe."""
    kind = RECIPES[name.replace("-", "_")]
    function, as_recorded = _function(kind), _function(kind, "recorded_")

    def command(recipe: str, provenance: Path | None, **values: Any) -> None:
        made = kind.read(recipe)
        recipe_used = as_recorded(made, **values) if as_recorded else made
        arguments = options.recorded_arguments(function, values)
        arguments["inputs"] += [*made.reads, *options.file_given(recipe, provenance)]
        with recorded(provenance, made.name, recipe_used.whole(), **arguments):
            after = run(made, **values)
        if after:
            after()

    parameters = [*options.options_of(function), _option(kind), options.PROVENANCE]
    keys = f"Keys of the recipe:\n{options.keys_of(kind)}"
    return options.command_of(name, command, parameters, kind.__doc__ or "", keys)


def run(recipe: Recipe, **values: Any) -> Any:
    """Do the step of a recipe with the values of its options."""
    return options.called(_function(type(recipe)), recipe, **values)


def _function(kind: type[Recipe], prefix: str = "") -> Any:
    """Return the function of a step in the module that is called like that of its recipe."""
    module = import_module(f"showergan.cli.steps.{kind.__module__.rpartition('.')[2]}")
    return getattr(module, prefix + kind.name, None)


def _option(kind: type[Recipe]) -> Any:
    needed = any(field.is_required() for field in kind.model_fields.values())
    option = typer.Option(help="what to do: a JSON file, or JSON; its keys are listed below")
    default = {} if needed else {"default": "{}"}
    return options.keyword("recipe", Annotated[str, option], **default)
