"""The command line: one subcommand per step, files in and files out.

Results go to files, what a person reads goes to stderr.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

import typer
import yaml

from showergan.cli.cost import cost
from showergan.cli.drawing import add_exhibits
from showergan.cli.inference import export, generate
from showergan.cli.options import add_function, add_step
from showergan.cli.records import crate, provenance, verify
from showergan.cli.steps import OF_ANY_TASK, OF_TASK
from showergan.config.catalogue.exhibit import exhibits
from showergan.config.tasks.found import SPECS
from showergan.config.whole import schema as _schema
from showergan.errors import Paused, UserError
from showergan.io.files import say

AGAIN = 75  # EX_TEMPFAIL of Unix: asks to be tried again
INTERRUPTED = 130  # of Typer, after Ctrl-C

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
for _read in (provenance, verify, crate, cost):
    app.command()(_read)
for _kind, _summary in (("figures", "Draw a figure"), ("tables", "Write a table")):
    _found = exhibits(_kind, SPECS)
    add_exhibits(app, _kind[:-1], f"{_summary}, as the workflow does.", _found)


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration as YAML."""
    print(yaml.safe_dump(_schema(), sort_keys=False, allow_unicode=True), end="")


def main() -> None:
    """Run the command line; a user's mistake ends in a message, not in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # Letters that a terminal lacks are told by their numbers; a stream in the midst of a file may refuse.
        if isinstance(stream, TextIOWrapper):
            with suppress(OSError):
                stream.reconfigure(errors="backslashreplace")
    sys.excepthook = _but_of_hdf5(sys.excepthook, lambda kind, error, trace: error)
    sys.unraisablehook = _but_of_hdf5(sys.unraisablehook, lambda ignored: ignored.exc_value)
    try:
        typer.main.get_command(app)()  # which leaves the hooks as they are
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            say("interrupted: the same call goes on from what was saved, or begins again")
        raise
    except UserError as error:
        say(f"error: {error}")
        sys.exit(1)
    except Paused as pause:
        say(str(pause))
        sys.exit(AGAIN)
    except FileNotFoundError as error:
        say(f"error: {error.filename} does not exist. Give the path of a file.")
        sys.exit(1)
    except OSError as error:  # `atomic_write` tells of a file that cannot be written
        known = f"{error.filename}: {error.strerror}. Give a path that this user can use."
        say(f"error: {known if error.filename else error}")
        sys.exit(1)


def _but_of_hdf5(hook: Callable[..., None], error_of: Callable[..., Any]) -> Callable[..., None]:
    """Return a hook that leaves out what h5py says, object by object, of a file that the disk has no room for.

    It cannot be caught; the first of these errors, which can, is told.
    """

    def told(*about: Any) -> None:
        if "file write failed" not in str(error_of(*about)):
            hook(*about)

    return told
