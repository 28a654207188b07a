"""One training of a GAN."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Self

from torch import nn

from showergan.cli.step import (
    CheckpointFolder,
    CheckpointSeconds,
    DataSet,
    Device,
    MaxSeconds,
    Output,
    PerGpu,
    RequireGpu,
    Step,
)
from showergan.config.training import TrainingRecipe
from showergan.config.whole import Config
from showergan.evaluation.description import Divergence, conditions_of, description_of
from showergan.evaluation.generator_file import save_generator
from showergan.io.device import choose_device
from showergan.io.files import write_json
from showergan.io.tables import write_table
from showergan.records.provenance import made_with
from showergan.tasks.found import of_file
from showergan.training.checkpoint import Checkpoints
from showergan.training.loop import Trainer

# Of `training` what a recipe says otherwise.
_OWN = {"seeds", "evaluate", "optimiser", "n_critic", "generator", "discriminator"}


class Train(TrainingRecipe, Step):
    """Train one GAN: one method, one pair of learning rates, one seed."""

    name = "train"
    version = 4

    @classmethod
    def of(cls, config: Config, *, architecture: str, method: str, rates: str, seed: str) -> Self:  # type: ignore[override]
        """Return the step of an architecture, a method, one of its pairs of learning rates by its name, and a seed."""
        pairs = {pair.name: pair for pair in config.learning_rates(method)}
        return cls(
            seed=int(seed),
            method=config.methods[method].composition,
            learning_rates=pairs[rates],
            optimiser=config.optimiser(method),
            n_critic=config.n_critic(method),
            **dict(config.networks(architecture, method)),
            evaluated_epochs=config.training.evaluated_epochs,
            representation=config.data.representation,
            **config.training.model_dump(exclude=_OWN),
        )

    def run(
        self,
        *,
        data: DataSet,
        generator: Annotated[
            Path, Output("all it takes to generate, at every epoch kept: generator.pt")
        ],
        history: Annotated[Path, Output("losses, norms and multipliers over the steps: CSV")],
        lipschitz: Annotated[Path, Output("Lipschitz bounds of the trained discriminator: CSV")],
        run: Annotated[
            Path, Output("sizes, steps, seconds and peak GPU memory of the training: JSON")
        ],
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
        checkpoint_seconds: CheckpointSeconds = 60.0,
        checkpoint_folder: CheckpointFolder = None,
        max_seconds: MaxSeconds = None,
    ) -> Callable[[], None]:
        """Train on the training samples, and show where the training is; one that diverges ends well, too."""
        chosen, task = choose_device(device, per_gpu, require_gpu), of_file(data)
        checkpoints = Checkpoints(
            generator,
            recipe=self.canonical(),
            data=data,
            device=chosen,
            every=checkpoint_seconds,
            folder=checkpoint_folder,
            most=max_seconds,
        )
        found = task.training_set(data, self.conditions, chosen, self.representation)
        trainer = Trainer(found.samples, found.conditions, self)
        result = trainer.run(checkpoints)
        frame = result.history.frame()
        seconds = checkpoints.seconds
        write_table(frame, history)
        write_table(trainer.lipschitz(), lipschitz)
        write_json(
            {
                "n_train": len(trainer.samples),
                "generator_steps": result.n_steps,
                "discriminator_steps": result.n_steps * self.n_critic,
                "status": "diverged" if result.diverged_at_step else "finished",
                "diverged_at_step": result.diverged_at_step,
                "parameters": {
                    "generator": _n_trained(trainer.generator),
                    "discriminator": _n_trained(trainer.discriminator),
                },
                "seconds": round(seconds, 2),
                "peak_device_memory_MB": checkpoints.peak_device_memory,
            },
            run,
        )
        diverged = None
        if result.diverged_at_step:
            unreached = tuple(e for e in self.evaluated_epochs if e not in result.states)
            diverged = Divergence(step=result.diverged_at_step, epochs=unreached)
        description = description_of(task)(
            network=self.generator,
            samples=task.samples_in(data),
            conditions=conditions_of(task, found.given.conditions),
            conditioning=found.conditioning,
            average=self.generator_average,
            diverged=diverged,
            # Of its own, because a generator is passed on alone.
            provenance={
                "recipe": self.whole(),
                "source_sha256": task.source_sha256(data),
                **made_with(),
            },
        )
        save_generator(description, result.states, generator)
        return checkpoints.remove


def _n_trained(network: "nn.Module") -> int:
    """Return the number of trained numbers of a network."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)
