"""Subcommands that use trained generators; no rule of the workflow does."""

from pathlib import Path
from typing import Annotated, Literal

from showergan.cli.step import Device, Input, Output, PerGpu, RequireGpu, Setting
from showergan.evaluation.export import export_file
from showergan.evaluation.generate_file import generate_file
from showergan.io.device import choose_device

Generator = Annotated[Path, Input("of `train`: generator.pt")]
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
    device: Device = "auto",
    per_gpu: PerGpu = None,
    require_gpu: RequireGpu = False,
) -> None:
    """Generate samples, of showers for the particles of a file."""
    chosen = choose_device(device, per_gpu, require_gpu)
    generate_file(generator, conditions, out, n=n, seed=seed, epoch=epoch, device=chosen)


def export(
    *,
    generator: Generator,
    out: Annotated[Path, Output("the generator for other programs, in one file")],
    format: Annotated[Literal["onnx", "torchscript"], Setting("for which library")] = "onnx",
    epoch: Epoch = None,
) -> None:
    """Write a generator as one file for other programs: of showers noise and particles in, MeV out."""
    export_file(generator, out, format, epoch)
