"""Options that steps share: the device, and the states from which a stopped training continues."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch

from showergan.cli.options import CheckpointFolder, Setting
from showergan.config.recipes.recipe import Recipe
from showergan.io.device import choose_device
from showergan.training.checkpoint import Checkpoints


@dataclass(frozen=True)
class DeviceOptions:
    """The device that a step computes on."""

    device: Annotated[str, Setting("auto, cpu, cuda or cuda:n", "SHOWERGAN_DEVICE")] = "auto"
    per_gpu: Annotated[
        int | None,
        Setting(
            "how many steps share each GPU: auto and cuda take one with room, or wait. By default one, where there are "
            "several GPUs; a single one is shared by all",
            "SHOWERGAN_PER_GPU",
        ),
    ] = None
    require_gpu: Annotated[bool, Setting("anything else is an error", "SHOWERGAN_REQUIRE_GPU")] = (
        False
    )

    def choose(self) -> torch.device:
        """Return the device; a `UserError` if it is not here."""
        return choose_device(self.device, self.per_gpu, self.require_gpu)


@dataclass(frozen=True)
class CheckpointOptions:
    """The states from which a stopped training continues."""

    checkpoint_seconds: Annotated[
        float,
        Setting(
            "from one state that a killed training goes on from to the next",
            "SHOWERGAN_CHECKPOINT_SECONDS",
        ),
    ] = 60.0
    checkpoint_folder: CheckpointFolder = None
    max_seconds: Annotated[
        float | None,
        Setting(
            "after which it saves its state and exits with status 75; the same call goes on. By default never",
            "SHOWERGAN_MAX_SECONDS",
        ),
    ] = None

    def of(self, out: Path, recipe: Recipe, data: Path, device: torch.device) -> Checkpoints:
        """Return the states of a training by this recipe on these data, kept beside an output; their clock starts."""
        return Checkpoints(
            out,
            recipe=recipe.canonical(),
            data=data,
            device=device,
            every=self.checkpoint_seconds,
            folder=self.checkpoint_folder,
            most=self.max_seconds,
        )
