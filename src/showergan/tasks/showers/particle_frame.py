"""The frame of a particle: images mirrored and moved so that all particles fly the same way through the same cell."""

from typing import NamedTuple

import torch
from pydantic import FiniteFloat
from torch import Tensor

from showergan.config.section import Section
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE

CELLS = IMAGE_SHAPE[0]  # along either axis
CENTRAL = CELLS // 2  # of an even number of cells the one behind the centre


class Seen(NamedTuple):
    """Particles in their frame, and the transformation of their images.

    Attributes:
        point: entry points x, y in cm, shape (n, 2), float64.
        momentum: px >= py >= 0 and pz in GeV, shape (n, 3), float64.
        offset: of the expected core from the middle of its cell, in cells, shape (n, 2), float64.
        swapped: whether the axes of the image are swapped, shape (n, 1).
        mirrored: whether x and y are mirrored afterwards, shape (n, 2).
        shift: cells by which the image then moves along x and y, shape (n, 2), integers in [0, 30).
    """

    point: Tensor
    momentum: Tensor
    offset: Tensor
    swapped: Tensor
    mirrored: Tensor
    shift: Tensor


class ParticleFrame(Section):
    """The frame of a particle in a calorimeter that looks the same from all four sides.

    Axes are swapped and mirrored so that px >= py >= 0, and the image is rolled (periodically) so that the cell of the
    expected core, at entry point + depth * slope, is central. `back` inverts `into` exactly.

    Attributes:
        depth_cm: at which the energy of the training showers is centred.
    """

    depth_cm: FiniteFloat

    def seen(self, point: Tensor, momentum: Tensor) -> Seen:
        """Return particles in their frame.

        Args:
            point: entry points x, y in cm, shape (n, 2).
            momentum: px, py, pz in GeV, shape (n, 3); pz > 0.
        """
        point, across, along = point.double(), momentum[:, :2].double(), momentum[:, 2:].double()
        swapped = across[:, 1:].abs() > across[:, :1].abs()
        point, across = (torch.where(swapped, v.flip(1), v) for v in (point, across))
        mirrored = across < 0
        # + 0 turns -0 into 0, which networks would see as another number.
        point, across = (torch.where(mirrored, -v, v) + 0.0 for v in (point, across))
        core = (point + self.depth_cm * across / along) / CELL_CM + CELLS / 2
        cell = core.floor()
        return Seen(
            point,
            torch.cat([across, along], 1),
            core - cell - 0.5,
            swapped,
            mirrored,
            (CENTRAL - cell.long()) % CELLS,
        )

    def into(self, image: Tensor, point: Tensor, momentum: Tensor) -> Tensor:
        """Return images of the detector, shape (n, 30, 30), in the frames of their particles, given as to `seen`."""
        seen = self.seen(point, momentum)
        image = torch.where(seen.swapped[:, :, None], image.transpose(1, 2), image)
        return _taken(image, _mirrored((_places(seen) - seen.shift[:, :, None]) % CELLS, seen))

    def back(self, image: Tensor, point: Tensor, momentum: Tensor) -> Tensor:
        """Return images of the detector for those in the frames of their particles, which are given as to `seen`."""
        seen = self.seen(point, momentum)
        image = _taken(image, (_mirrored(_places(seen), seen) + seen.shift[:, :, None]) % CELLS)
        return torch.where(seen.swapped[:, :, None], image.transpose(1, 2), image)


def _places(seen: Seen) -> Tensor:
    """Return the numbers of the cells along an axis, shape (1, 1, 30)."""
    return torch.arange(CELLS, device=seen.shift.device).view(1, 1, CELLS)


def _mirrored(cells: Tensor, seen: Seen) -> Tensor:
    return torch.where(seen.mirrored[:, :, None], CELLS - 1 - cells, cells)


def _taken(image: Tensor, cells: Tensor) -> Tensor:
    """Return images made of the columns cells[:, 0] and the rows cells[:, 1] of others, shape (n, 30, 30)."""
    columns, rows = cells[:, 0, None, :], cells[:, 1, :, None]
    return image.gather(1, rows.expand(-1, -1, CELLS)).gather(2, columns.expand(-1, CELLS, -1))
