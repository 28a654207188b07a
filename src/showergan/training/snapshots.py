"""Generators kept during training: one file, one state per evaluated epoch."""

from pathlib import Path

import torch
from torch import Tensor, nn

from showergan.errors import UserError
from showergan.files import write_aside

Snapshots = dict[int, dict[str, Tensor]]


def snapshot(generator: nn.Module) -> dict[str, Tensor]:
    """Return a copy of a generator's state on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in generator.state_dict().items()}


def save(snapshots: Snapshots, path: Path) -> None:
    """Write snapshots by epoch."""
    with write_aside(path) as aside:
        torch.save(snapshots, aside)


def load(path: Path) -> Snapshots:
    """Read snapshots by epoch.

    Raises:
        UserError: the file is missing or holds no snapshots.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file of generator snapshots") from None
    except Exception as error:
        raise UserError(f"{path}: not a file of generator snapshots ({error})") from None
