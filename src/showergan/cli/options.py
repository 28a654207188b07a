"""The application and the options that its subcommands share."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Input = Annotated[Path, typer.Option(help="input file")]
Output = Annotated[Path, typer.Option(help="output file, written whole or not at all")]
Recipe = Annotated[str, typer.Option(help="what to do, as JSON; the workflow writes it")]
Device = Annotated[str, typer.Option(envvar="SHOWERGAN_DEVICE", help="auto, cpu, cuda or cuda:n")]
