"""What a change of the discriminator's scale changes."""

from pathlib import Path
from typing import Annotated, Self

from showergan.cli.step import DataSet, Device, Output, PerGpu, RequireGpu, Step
from showergan.config.methods import LearningRates
from showergan.config.training import AuditRecipe
from showergan.config.whole import Config
from showergan.io.device import choose_device
from showergan.io.tables import write_table
from showergan.tasks.found import of_file
from showergan.training.scale_audit import scale_audit

PUBLISHED = LearningRates(generator=1e-3, discriminator=1e-5)


class Audit(AuditRecipe, Step):
    """Measure how far changes of the discriminator's scale change the direction of its training."""

    name = "audit"
    version = 3

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run: its first architecture and seed, at the published learning rates."""
        return cls(
            seed=config.training.seeds[0],
            learning_rates=PUBLISHED,
            batch_size=config.training.batch_size,
            generator=config.first_networks.generator,
            discriminator=config.first_networks.discriminator,
        )

    def run(
        self,
        *,
        data: DataSet,
        out: Annotated[Path, Output("cosines between the movements of the weights: CSV")],
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
    ) -> None:
        """Train the discriminator with and without each change."""
        found = of_file(data).training_set(data, None, choose_device(device, per_gpu, require_gpu))
        write_table(scale_audit(found.samples, found.conditions, self), out)
