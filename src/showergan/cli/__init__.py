"""The command line: one subcommand per step, files in and files out.

Results go to files, what a person reads goes to stderr.
"""

import atexit
import gc
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
import yaml
from typer.core import TyperGroup

from showergan.cli.options import LateCommand
from showergan.errors import Paused, UserError
from showergan.io.urls import without_secrets

AGAIN = 75  # EX_TEMPFAIL of Unix: asks to be tried again
INTERRUPTED = 130  # of Typer, after Ctrl-C

# Sums of several threads depend on how many there are. Linear algebra reads these when it is loaded.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

# Subcommands beside the steps: the module that has them, and their help.
OTHERS = {
    "generate": ("inference", "Generate samples, of showers for the particles of a file."),
    "export": ("inference", "Write a generator as one file for other programs."),
    "convert": ("convert", "Convert showers in formats of others to the published schema."),
    "provenance": ("records", "Print the record of what made a file."),
    "verify": ("records", "Check every file of a run against the record of what made it."),
    "gather": ("records", "Add the finished trainings of a run to the table that is published."),
    "crate": ("records", "Write a run's records as the metadata of an RO-Crate into its folder."),
    "cost": ("cost", "Estimate what a run will take: jobs, hours, memory, files."),
    "seeds": ("power", "Print how many seeds a comparison of methods needs."),
    "figure": ("drawing", "Draw a figure, as the workflow does."),
    "table": ("drawing", "Write a table, as the workflow does."),
}


class _Subcommands(TyperGroup):
    """All subcommands: steps, and others."""

    def __init__(self, **settings: Any) -> None:
        # What installed packages add to it may be wrong, which `main` explains.
        from showergan.config.recipes.found import OF_ANY_TASK, OF_TASK

        super().__init__(**settings)
        panels = {"Steps of any task": OF_ANY_TASK}
        panels |= {f"Steps of {task} alone": recipes for task, recipes in OF_TASK.items()}
        for panel, recipes in panels.items():
            for recipe in recipes.values():
                name = recipe.name.replace("_", "-")
                step = partial(_whole, "step")
                self.add_command(LateCommand(name, recipe.__doc__ or "", step, panel))
        for name, (module, help) in OTHERS.items():
            self.add_command(LateCommand(name, help, partial(_whole, module)))


def _whole(module: str, name: str) -> Any:
    """Import a module, and return its subcommand of a name."""
    whole = import_module(f"showergan.cli.{module}").subcommand(name)
    if not gc.isenabled():  # by `main`
        gc.freeze()  # what is imported stays: no search goes through it
        gc.enable()
    return whole


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback(cls=_Subcommands, no_args_is_help=True, help=__doc__)
def subcommands() -> None:
    """Have subcommands, and no options."""


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration as YAML."""
    from showergan.config.whole import schema as schema_of_configuration

    text = yaml.safe_dump(schema_of_configuration(), sort_keys=False, allow_unicode=True)
    print(text, end="")


def main() -> None:
    """Run the command line in a process of its own, which looks for no garbage while it loads and clears no memory."""
    gc.disable()  # until the subcommand is there, see `_whole`
    try:
        run()
    except SystemExit as ended:
        if isinstance(ended.code, int | None):
            with suppress(OSError, ValueError):  # of a stream: Python ends, and says what is wrong
                _leave(ended.code or 0)
        raise


def _leave(status: int) -> NoReturn:
    """Do what Python does first when it ends, as its `multiprocessing` does: threads, `atexit`, streams; and leave."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(status)


def run() -> None:
    """Run the command line; a user's mistake ends in a message, not in a traceback."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    for stream in (sys.stdout, sys.stderr):
        # Letters that a terminal lacks are printed as their numbers; a stream in the midst of a file may refuse.
        if isinstance(stream, TextIOWrapper):
            with suppress(OSError):
                stream.reconfigure(errors="backslashreplace")
    sys.excepthook = _without_hdf5(sys.excepthook, lambda kind, error, trace: error)
    sys.unraisablehook = _without_hdf5(sys.unraisablehook, lambda ignored: ignored.exc_value)
    try:
        typer.main.get_command(app)()  # which leaves the hooks as they are
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _say("interrupted: the same call goes on from what was saved, or begins again")
        raise
    except UserError as error:
        _end(f"error: {error}")
    except Paused as pause:
        _end(str(pause), AGAIN)
    except FileNotFoundError as error:
        _end(f"error: {error.filename} does not exist. Give the path of a file.")
    except OSError as error:  # `atomic_write` explains a file that cannot be written
        known = f"{error.filename}: {error.strerror}. Give a path that this user can use."
        _end(f"error: {known if error.filename else error}")


def _end(message: str, status: int = 1) -> None:
    _say(message)
    sys.exit(status)


def _say(message: str) -> None:
    print(without_secrets(message), file=sys.stderr, flush=True)


def _without_hdf5(hook: Callable[..., None], error_of: Callable[..., Any]) -> Callable[..., None]:
    """Return a hook that leaves out what h5py prints, object by object, about a file that the disk has no room for.

    It cannot be caught; the first of these errors, which can, is printed.
    """

    def printed(*about: Any) -> None:
        if "file write failed" not in str(error_of(*about)):
            hook(*about)

    return printed
