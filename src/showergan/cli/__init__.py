"""The command line: one subcommand per step, files in and files out.

Results go to files, what a person reads goes to stderr.
"""

import os
import sys

import typer
import yaml

from showergan import config
from showergan.cli.drawing import add_exhibits
from showergan.cli.inference import export, generate
from showergan.cli.options import add_function, add_step
from showergan.cli.records import crate, provenance, verify
from showergan.drawing.registry import exhibits
from showergan.errors import Paused, UserError
from showergan.files import say
from showergan.steps import OF_ANY_TASK, OF_TASK
from showergan.tasks import TASKS

app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
for _step in OF_ANY_TASK.values():
    add_step(app, _step, "Steps of any task")
for _task, _steps in OF_TASK.items():
    for _step in _steps.values():
        add_step(app, _step, f"Steps of {_task} alone")
for _function in (generate, export):
    add_function(app, _function)
for _read in (provenance, verify, crate):
    app.command()(_read)
for _kind, _told in (("figures", "Draw a figure"), ("tables", "Write a table")):
    _found = exhibits(_kind, TASKS.values())
    add_exhibits(app, _kind[:-1], f"{_told}, as the workflow does.", _found)


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration as YAML."""
    print(yaml.safe_dump(config.schema(), sort_keys=False, allow_unicode=True), end="")


def main() -> None:
    """Run the command line; a user's mistake ends in a message, not in a traceback."""
    try:
        app()
    except UserError as error:
        say(f"error: {error}")
        sys.exit(1)
    except Paused as pause:
        say(str(pause))
        sys.exit(os.EX_TEMPFAIL)
    except FileNotFoundError as error:
        say(f"error: {error.filename} does not exist. Give the path of a file.")
        sys.exit(1)
    except OSError as error:  # of a folder that cannot be written, or a full disk
        where = f"{error.filename}: " if error.filename else ""
        say(f"error: {where}{error.strerror or error}")
        sys.exit(1)
