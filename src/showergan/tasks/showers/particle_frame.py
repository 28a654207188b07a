"""Frame of a particle: images mirrored and moved so that all particles fly the same way through the same cell."""

from typing import NamedTuple

import torch
from pydantic import FiniteFloat
from torch import Tensor

from showergan.config.section import Section
from showergan.tasks.showers.sample import CELL_CM, IMAGE_SHAPE

CELLS = IMAGE_SHAPE[0]  # along either axis
CENTRAL = CELLS // 2  # of an even number of cells the one behind the centre


class Seen(NamedTuple):
    """Particles in their frame, 64-bit floats, and the transformation of their images."""

    point: Tensor  # entry points x, y in cm, shape (n, 2)
    momentum: Tensor  # px >= py >= 0 and pz in GeV, shape (n, 3)
    offset: Tensor  # of the expected core from the middle of its cell, in cells, shape (n, 2)
    swapped: Tensor  # whether the axes of the image are swapped, shape (n, 1)
    mirrored: Tensor  # whether x and y are mirrored afterwards, shape (n, 2)
    shift: Tensor  # cells by which the image then moves along x and y, shape (n, 2), integers in [0, 30)


class ParticleFrame(Section):
    """The frame of a particle in a calorimeter that is the same seen from all four sides.

    Axes are swapped and mirrored so that px >= py >= 0, and the image is rolled (periodically) so that the cell of the
    expected core, at entry point + depth * slope, is central. `back` inverts `into` exactly.
    """

    depth_cm: FiniteFloat  # at which the energy of the training showers is centred

    def seen(self, point: Tensor, momentum: Tensor) -> Seen:
        """Return particles in their frame: entry points x, y [cm] (n, 2); px, py, pz [GeV] (n, 3) with pz > 0."""
        point, across, along = point.double(), momentum[:, :2].double(), momentum[:, 2:].double()
        swapped = across[:, 1:].abs() > across[:, :1].abs()
        point, across = (torch.where(swapped, v.flip(1), v) for v in (point, across))
        mirrored = across < 0
        # + 0 turns -0 into 0, which networks would see as another number.
        point, across = (torch.where(mirrored, -v, v) + 0.0 for v in (point, across))
        core = (point + self.depth_cm * across / along) / CELL_CM + CELLS / 2
        cell = core.floor()
        momentum, shift = torch.cat([across, along], 1), (CENTRAL - cell.long()) % CELLS
        return Seen(point, momentum, core - cell - 0.5, swapped, mirrored, shift)

    def into(self, image: Tensor, point: Tensor, momentum: Tensor) -> Tensor:
        """Return images of the detector, shape (n, 30, 30), in the frames of their particles; see `seen`."""
        seen = self.seen(point, momentum)
        image = torch.where(seen.swapped[:, :, None], image.transpose(1, 2), image)
        cells = torch.arange(CELLS, device=image.device) - seen.shift[:, :, None]
        return _taken(image, _mirrored(cells % CELLS, seen))

    def back(self, image: Tensor, point: Tensor, momentum: Tensor) -> Tensor:
        """Return images of the detector from those in the frames of their particles, (n, 30, 30); see `seen`."""
        seen = self.seen(point, momentum)
        cells = _mirrored(torch.arange(CELLS, device=image.device), seen) + seen.shift[:, :, None]
        image = _taken(image, cells % CELLS)
        return torch.where(seen.swapped[:, :, None], image.transpose(1, 2), image)


def _mirrored(cells: Tensor, seen: Seen) -> Tensor:
    return torch.where(seen.mirrored[:, :, None], CELLS - 1 - cells, cells)


def _taken(image: Tensor, cells: Tensor) -> Tensor:
    """Return images (n, 30, 30) with the columns cells[:, 0] and the rows cells[:, 1] of the images."""
    columns, rows = cells[:, 0, None, :], cells[:, 1, :, None]
    return image.gather(1, rows.expand(-1, -1, CELLS)).gather(2, columns.expand(-1, CELLS, -1))
