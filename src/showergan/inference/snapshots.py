"""Generators kept during training: one file, one state per evaluated epoch."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from showergan.errors import UserError
from showergan.files import write_aside
from showergan.tasks.showers.conditions import Conditioning

States = dict[int, dict[str, Tensor]]


@dataclass(frozen=True)
class Snapshots:
    """What it takes to generate.

    Attributes:
        conditioning: of the particles.
        average: decay of the average over generator steps that the states are, None where they are as trained.
        states: of the generator, by epoch.
    """

    conditioning: Conditioning
    average: float | None
    states: States


def save(snapshots: Snapshots, path: Path) -> None:
    """Write snapshots."""
    with write_aside(path) as aside:
        torch.save(asdict(snapshots), aside)


def load(path: Path) -> Snapshots:
    """Read snapshots.

    Raises:
        UserError: the file is missing or holds no snapshots.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        return Snapshots(**{**content, "conditioning": Conditioning(**content["conditioning"])})
    except FileNotFoundError:
        raise UserError(f"{path}: no such file of generator snapshots") from None
    except Exception as error:
        raise UserError(f"{path}: not a file of generator snapshots ({error})") from None
