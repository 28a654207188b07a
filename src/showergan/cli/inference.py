"""Subcommands that use trained generators; no rule of the workflow calls them."""

from pathlib import Path
from typing import Annotated, Any, Literal

from typer.core import TyperCommand

from showergan.cli import options
from showergan.cli.computing import DeviceOptions
from showergan.cli.options import Generator, Input, Output, Setting
from showergan.evaluation.export import export_file
from showergan.evaluation.generate_file import generate_file
from showergan.records.provenance import recorded

Epoch = Annotated[int | None, Setting("one of those that the training kept; by default the last")]


def generate(
    *,
    generator: Generator,
    out: Annotated[
        Path, Output("samples: npz, of showers in the published schema, or HDF5 like ours (.h5)")
    ],
    conditions: Annotated[
        Path | None,
        Input(
            "of showers, particles: csv with the columns px_GeV, py_GeV, pz_GeV, x_cm and y_cm; or npz or HDF5 "
            "with ParticlePoint and ParticleMomentum, or point and momentum, in cm and GeV"
        ),
    ] = None,
    n: Annotated[
        int | None,
        Setting(
            "number of samples: for the first conditions, or for all in turn, again from the first; "
            "by default one for each"
        ),
    ] = None,
    seed: Annotated[int, Setting("of the noise")] = 1,
    epoch: Epoch = None,
    where: DeviceOptions,
) -> None:
    """Generate samples, of showers for the particles of a file."""
    device = where.choose()
    generate_file(generator, conditions, out, n=n, seed=seed, epoch=epoch, device=device)


def export(
    *,
    generator: Generator,
    out: Annotated[Path, Output("the generator for other programs, in one file")],
    format: Annotated[Literal["onnx", "torchscript"], Setting("for which library")] = "onnx",
    epoch: Epoch = None,
) -> None:
    """Write a generator as one file for other programs: of showers noise and particles in, MeV out."""
    export_file(generator, out, format, epoch)


def subcommand(name: str) -> TyperCommand:
    """Return one of these subcommands."""
    function: Any = {"generate": generate, "export": export}[name]

    def command(provenance: Path | None, **values: Any) -> None:
        with recorded(provenance, name, {}, **options.recorded_arguments(function, values)):
            options.called(function, **values)

    parameters = [*options.options_of(function), options.PROVENANCE]
    return options.command_of(name, command, parameters, function.__doc__ or "")
