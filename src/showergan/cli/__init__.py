"""The command line: one subcommand per step, files in and files out.

Results go to files, what a person reads goes to stderr. Heavy libraries are imported by the step that needs them.
"""

import sys

from showergan.cli.options import app
from showergan.cli.output import say
from showergan.errors import UserError

# The order of --help is that of the work.
# isort: off
from showergan.cli import data, training, evaluation, comparison

# isort: on

__all__ = ["app", "comparison", "data", "evaluation", "main", "training"]

app.info.help = __doc__


def main() -> None:
    """Run the command line; a user's mistake ends in a message, not in a traceback."""
    try:
        app()
    except UserError as error:
        say(f"error: {error}")
        sys.exit(1)
    except FileNotFoundError as error:
        say(f"error: {error.filename} does not exist. Give the path of a file.")
        sys.exit(1)
