"""The command line: every subcommand and its options, from the program itself."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from reference_pages.markdown import escaped, table
from showergan.cli import app
from showergan.cli.options import LateCommand, keys_of
from showergan.config.recipes.found import RECIPES

OTHERS = "Besides the steps"
LIST = re.compile(r"<list\[(\w+)\]>")  # as Typer shows what may be given several times


def page() -> str:
    """Return the page of all subcommands."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="showergan")
    text = [
        "# Command line",
        "Made from the program itself; `showergan --help` and `showergan COMMAND --help` say the same. The workflow "
        "calls the steps; each can be typed, too ([running](../running.md#steps-by-hand)). Results go to files, what a "
        "person reads goes to stderr. Exit status: 0 done, 1 an error with a message, 2 a command that is not "
        "understood, 75 stopped with its state saved.",
    ]
    panels: dict[str, list[tuple[str, Any]]] = {}
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        panels.setdefault(getattr(command, "rich_help_panel", None) or OTHERS, []).append(
            (name, command)
        )
    for panel in sorted(panels, key=lambda panel: panel != OTHERS):
        text.append(f"## {panel}")
        for name, command in panels[panel]:
            text += subcommand(name, whole(command))
    return "\n\n".join(text) + "\n"


def whole(command: Any) -> Any:
    """Return a subcommand with its options."""
    return command.whole() if isinstance(command, LateCommand) else command


def subcommand(name: str, command: Any) -> Iterator[str]:
    """Return heading, help and options of a subcommand; a group of them has a table of those within."""
    yield f"### `showergan {name}`"
    yield escaped(inspect.cleandoc(command.help or ""))
    within = getattr(command, "commands", {})
    if within:
        yield f"`showergan {name} NAME --help` lists the files that it reads and writes and the keys of its style."
        yield table(
            "NAME|what it shows", [[f"`{key}`", escaped(one.help)] for key, one in within.items()]
        )
        return
    context = typer.Context(command, info_name=name)
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    rows = [
        [f"`{re.sub(LIST, several, named)}`", escaped(meaning)]
        for named, meaning in filter(None, records)
        if named != "--help"
    ]
    if rows:
        yield table("option|meaning", rows)
    recipe = RECIPES.get(name.replace("-", "_"))
    if recipe:
        lines = [key_line(line) for line in keys_of(recipe).splitlines()]
        if lines:
            yield '??? note "Keys of the recipe"\n\n' + "\n".join(lines)


def several(shown: re.Match[str]) -> str:
    """Return what an option takes that may be given several times."""
    return f"<{shown[1].lower()}> ..."


def key_line(line: str) -> str:
    """Return a line "- key: meaning" as one of an indented list in Markdown."""
    key, _, meaning = line.removeprefix("- ").partition(": ")
    return f"    - `{key}`: {escaped(meaning)}"
