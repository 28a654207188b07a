"""Subcommands that read the records of finished jobs."""

import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
import yaml
from typer.core import TyperCommand

import showergan
from showergan.cli.options import command_of
from showergan.errors import UserError
from showergan.io.files import say, sha256_of
from showergan.io.hdf5 import opened_hdf5
from showergan.records import published
from showergan.records.provenance import NAME, read_record, record_of
from showergan.records.verification import findings


def provenance(
    file: Annotated[Path, typer.Argument(help="an artefact, or a record of --provenance")],
) -> None:
    """Print the record of what made a file, or, of a file without one, what it says about itself."""
    found = _description_of(file)
    print(yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100), end="")


def verify(run: Annotated[Path, typer.Argument(help="folder of a run: results/RUN")]) -> None:
    """Check every file of a run against the record of what made it; exit with status 1 if any is not as it was."""
    found = findings(run)
    for finding in found:
        print(f"{finding.kind}: {finding.path}: {finding.text}")
    wrong = [finding for finding in found if finding.kind != "unchecked"]
    if not wrong:
        print(f"{run}: everything is as it was made")
        return
    unlisted, others = (
        shlex.join(dict.fromkeys(str(f.path) for f in wrong if (f.kind == "unlisted") is wanted))
        for wanted in (True, False)
    )
    if unlisted:
        print(f"What no job left is not of the run: move it to another folder: {unlisted}")
    if others:
        print(
            "To make the others again, with the --configfile of the run if it has one: "
            f"snakemake --cores all --forcerun {others}"
        )
    raise typer.Exit(1)


def crate(
    run: Annotated[Path, typer.Argument(help="folder of a run: results/RUN")],
    license: Annotated[
        str,
        typer.Option(help="of its content: a URL, for example of Creative Commons, or words"),
    ] = "None is given: ask who made this run.",
) -> None:
    """Write a run's records as the metadata of an RO-Crate into its folder, to be passed on with it."""
    if not find_spec("rocrate"):
        raise UserError("An RO-Crate needs a further library: pip install 'showergan[crate]'")
    showergan.write_crate(run, license)


def gather(
    run: Annotated[Path, typer.Argument(help="folder of a run: results/RUN")],
    to: Annotated[
        Path | None, typer.Option(help="folder of the table; by default resources/RUN")
    ] = None,
) -> None:
    """Add the finished trainings of a run to the table that is published; those that it has must agree with it."""
    published.gather(run, to or Path("resources", run.resolve().name))


def _description_of(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise UserError(f"{file} is no file. Give an artefact of a run.")
    if file.name.endswith(NAME):
        return read_record(file).model_dump()
    if found := record_of(file):
        if found[1].outputs[file.name] != sha256_of(file):
            say(f"warning: {file} is not what was made: it was altered since")
        return found[1].model_dump()
    if file.suffix == ".pt":
        # It imports PyTorch, which no record needs.
        from showergan.evaluation.generator import load_generator

        return load_generator(file).description.provenance
    if file.suffix in (".h5", ".hdf5"):
        with opened_hdf5(file) as content:
            return {k: np.asarray(v).tolist() for k, v in content.attrs.items()}
    raise UserError(f"{file}: no record (*{NAME}) beside it lists it, and it carries none.")


def subcommand(name: str) -> TyperCommand:
    """Return one of these subcommands."""
    functions = {function.__name__: function for function in (provenance, verify, gather, crate)}
    return command_of(name, functions[name])
