"""The subcommand `convert`: showers in formats of others to npz of the published schema."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from showergan.cli import OTHERS, options
from showergan.cli.options import PROVENANCE, Input, LateCommand, Output, Setting, command_of
from showergan.config.tasks.showers import EnergyUnit, LengthUnit
from showergan.records.provenance import recorded
from showergan.tasks.showers import calochallenge as challenge
from showergan.tasks.showers import root_trees
from showergan.tasks.showers.convert import convert

CellMm = Annotated[
    float,
    typer.Option(
        min=1e-3,
        help="side of a cell of the image in the detector, in mm; 10 are the 1 cm that showergan takes it for",
        rich_help_panel="Settings",
    ),
]
Out = Annotated[Path, Output("showers: npz of the published schema")]


def calochallenge(
    *,
    source: Annotated[Path, Input("HDF5 with incident_energies (N, 1) and showers (N, voxels)")],
    geometry: Annotated[
        challenge.Geometry,
        Setting(
            "of the voxels. dataset-2, dataset-3: the cylinders of the challenge; grid: layers of 30 x 30 cells, which "
            "come by layer, then y, then x"
        ),
    ],
    energy_unit: Annotated[EnergyUnit, Setting("of both arrays; in files of the challenge MeV")],
    cell_mm: CellMm,
    out: Out,
) -> None:
    """Add up the layers of showers of the CaloChallenge, and share voxels among the cells of an image, by area."""
    with challenge.opened(source, geometry, cell_mm, energy_unit) as showers:
        convert(showers, out, cell_mm)


def root(
    *,
    source: Annotated[
        Path, Input("ROOT file with a tree, TTree or RNTuple, of an entry per shower")
    ],
    tree: Annotated[str, Setting("name of the tree, with folders before it: folder/tree")],
    energy_unit: Annotated[EnergyUnit, Setting("of the cells")],
    momentum_unit: Annotated[EnergyUnit, Setting("of the momenta")],
    length_unit: Annotated[LengthUnit, Setting("of the entry points")],
    cell_mm: CellMm,
    energy: Annotated[
        str, Setting("branch of the cells: 30 x 30 or 900, by rows, which are y")
    ] = "EnergyDeposit",
    point: Annotated[
        list[str], Setting("branch of the entry points, or one for x and one for y, given in turn")
    ] = ["ParticlePoint"],  # noqa: B006
    momentum: Annotated[
        list[str], Setting("branch of the momenta, or one for each of px, py and pz")
    ] = ["ParticleMomentum"],  # noqa: B006
    out: Out,
) -> None:
    """Read showers from a tree of a ROOT file, for which the extra uproot of this package must be installed."""
    branches = root_trees.Branches([energy], point, momentum)
    units = root_trees.Units(energy_unit, momentum_unit, length_unit, cell_mm)
    with root_trees.opened(source, tree, branches, units) as showers:
        convert(showers, out, cell_mm)


FORMATS = {"calochallenge": calochallenge, "root": root}


def subcommand(name: str) -> TyperGroup:
    """Return the subcommand, of which each format is a subcommand."""
    group = TyperGroup(name=name, no_args_is_help=True, help=OTHERS[name][1])
    for form, function in FORMATS.items():
        group.add_command(LateCommand(form, function.__doc__ or "", _command))
    return group


def _command(form: str) -> TyperCommand:
    function: Any = FORMATS[form]

    def command(provenance: Path | None, **values: Any) -> None:
        arguments = options.recorded_arguments(function, values)
        with recorded(provenance, f"convert {form}", {}, **arguments):
            function(**values)

    every = [*options.options_of(function), PROVENANCE]
    return command_of(form, command, every, function.__doc__ or "")
