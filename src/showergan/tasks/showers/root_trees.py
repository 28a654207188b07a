"""Showers in trees of ROOT files, TTree or RNTuple, which the package uproot reads."""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.showers import EnergyUnit, LengthUnit
from showergan.errors import UserError
from showergan.io.arrays import NUMBERS
from showergan.io.damage import damage
from showergan.tasks.showers.convert import CELL_MM, Source
from showergan.tasks.showers.sample import IMAGE_SHAPE, Showers
from showergan.tasks.showers.units import MEV, PER_CM

UNITS = "Give the units of the file as --energy-unit, --momentum-unit, --length-unit and --cell-mm."
CHUNK = 1000  # showers at a time


class Branches(NamedTuple):
    """Names of the branches of each quantity: one that holds all its numbers, or one for each number.

    Attributes:
        energy: of the cells, 900 or 30 x 30: rows, which are y, from the lowest; columns, which are x, count fastest.
        point: of the entry point x, y; what follows in one branch is ignored.
        momentum: of px, py, pz.
    """

    energy: Sequence[str]
    point: Sequence[str]
    momentum: Sequence[str]


class Units(NamedTuple):
    """Units of the file."""

    energy: EnergyUnit
    momentum: EnergyUnit
    length: LengthUnit
    cell_mm: float  # the side of a cell


@contextmanager
def opened(path: Path, tree: str, branches: Branches, units: Units) -> Iterator[Source]:
    """Open a tree of showers, an entry each.

    Raises:
        UserError: There is no uproot; the file is missing, damaged or no ROOT file; the tree or a branch is not in it,
            or does not hold so many numbers for every shower.
    """
    if not find_spec("uproot"):
        raise UserError("ROOT files need a further library: pip install 'showergan[uproot]'")
    import uproot  # slow, and optional

    with ExitStack() as stack:
        with _damage(path):
            # As a key, because a colon in a name would begin the name of a tree.
            file = stack.enter_context(uproot.open({str(path): None}))
            if file.file.fEND > path.stat().st_size:
                raise UserError(f"{path} is cut off. Download or write it again.")
            found = _tree(path, file, tree)
            held = found.keys()
            if missing := [name for names in branches for name in names if name not in held]:
                raise UserError(
                    f"{path}: {tree} has no {', '.join(missing)}; it has {', '.join(held) or 'no branches'}. "
                    "Give the names of its branches as --energy, --point and --momentum."
                )
            n = int(found.num_entries)
        if not n:
            raise UserError(f"{path}: {tree} has no entries. Give a tree with showers.")
        yield Source(path, n, _chunks(path, found, branches, units), UNITS)


def _damage(path: Path) -> AbstractContextManager[None]:
    remedy = "Give a ROOT file with a tree of showers, or write this one again."
    return damage(path, "is no ROOT file or is damaged", remedy, (Exception,))


def _tree(path: Path, file: Any, name: str) -> Any:
    trees = [
        key
        for key, kind in file.classnames(cycle=False).items()
        if kind in ("TTree", "TNtuple", "ROOT::RNTuple")
    ]
    if name not in trees:
        held = ", ".join(trees) or "no trees"
        raise UserError(f"{path} has no tree {name}; it has {held}. Give one as --tree.")
    return file[name]


def _chunks(path: Path, tree: Any, branches: Branches, units: Units) -> Iterator[Showers]:
    names = list(dict.fromkeys(name for of in branches for name in of))
    cells = units.cell_mm / CELL_MM * PER_CM[units.length]  # a cell, in units of length
    with _damage(path):
        for chunk in tree.iterate(names, step_size=CHUNK, library="ak"):
            energy, point, momentum = (
                _numbers(path, {name: chunk[name] for name in of}, n)
                for of, n in zip(branches, (math.prod(IMAGE_SHAPE), 2, 3), strict=True)
            )
            with np.errstate(over="ignore"):  # infinity is refused later
                showers = Showers(
                    energy=(energy * MEV[units.energy]).reshape(-1, *IMAGE_SHAPE).astype("f4"),
                    point=(point / cells).astype("f4"),
                    momentum=(momentum * (MEV[units.momentum] / MEV["GeV"])).astype("f4"),
                    pdg=None,
                )
            yield showers


def _numbers(path: Path, branches: dict[str, Any], wanted: int) -> NDArray[np.float64]:
    """Return the numbers of some branches side by side, shape (n, wanted); of points (x, y, z) those wanted."""
    import awkward

    columns = []
    for name, values in branches.items():
        try:
            array = awkward.to_numpy(values, allow_missing=False)
        except ValueError:
            problem = f"has not equally many numbers for every shower. Give {wanted} for each."
            raise UserError(f"{path}: {name} {problem}") from None
        if array.dtype.kind not in NUMBERS:
            raise UserError(f"{path}: {name} has the type {array.dtype}. Give numbers.")
        columns.append(array.reshape(len(array), -1).astype(np.float64))
    found = np.hstack(columns)
    if found.shape[1] != wanted and (wanted != 2 or found.shape[1] < 2):
        raise UserError(
            f"{path}: {found.shape[1]} numbers for every shower in {', '.join(branches)}. Give {wanted}."
        )
    return found[:, :wanted]
