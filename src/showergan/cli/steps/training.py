"""Steps that train GANs, and that look at their networks."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
from torch import nn

from showergan.cli.computing import CheckpointOptions, DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes.training import Audit, Describe, Train, TrainBeforeFixedGenerator
from showergan.evaluation.generator import Divergence, conditions_of, description_of, save_generator
from showergan.io.files import atomic_write, write_json
from showergan.io.tables import write_table
from showergan.networks.description import architectures
from showergan.records.provenance import made_with
from showergan.tasks.data_set import source_sha256
from showergan.tasks.found import of_file
from showergan.tasks.toys import fixed_generator as fixed
from showergan.training.loop import Trainer
from showergan.training.scale_audit import scale_audit


def train(
    recipe: Train,
    *,
    data: DataSet,
    generator: Annotated[
        Path, Output("all it takes to generate, at every epoch kept: generator.pt")
    ],
    history: Annotated[Path, Output("losses, norms and multipliers over the steps: CSV")],
    lipschitz: Annotated[Path, Output("Lipschitz bounds of the trained discriminator: CSV")],
    run: Annotated[Path, Output("sizes, steps, seconds and peak GPU memory of the training: JSON")],
    where: DeviceOptions,
    states: CheckpointOptions,
) -> Callable[[], None]:
    """Train on the training samples, and show where the training is; one that diverges ends well, too.

    Returns:
        What to do when every output is in place: remove the states.
    """
    device, task = where.choose(), of_file(data)
    checkpoints = states.of(generator, recipe, data, device)
    found = task.training_set(data, recipe.conditions, device, recipe.representation)
    trainer = Trainer(found.samples, found.conditions, recipe)
    result = trainer.run(checkpoints)
    frame = result.history.frame()
    seconds = checkpoints.seconds
    write_table(frame, history)
    write_table(trainer.lipschitz(), lipschitz)
    write_json(
        {
            "n_train": len(trainer.samples),
            "generator_steps": result.n_steps,
            "discriminator_steps": result.n_steps * recipe.n_critic,
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
        unreached = tuple(e for e in recipe.evaluated_epochs if e not in result.states)
        diverged = Divergence(step=result.diverged_at_step, epochs=unreached)
    description = description_of(task)(
        network=recipe.generator,
        samples=task.samples_in(data),
        conditions=conditions_of(task, found.original_conditions.as_array),
        conditioning=found.conditioning,
        average=recipe.generator_average,
        diverged=diverged,
        # Of its own, because a generator is passed on alone.
        provenance={
            "recipe": recipe.whole(),
            "source_sha256": source_sha256(data),
            **made_with(),
        },
    )
    save_generator(description, result.states, generator)
    return checkpoints.remove


def _n_trained(network: nn.Module) -> int:
    """Return the number of trained numbers of a network."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def audit(
    recipe: Audit,
    *,
    data: DataSet,
    out: Annotated[Path, Output("cosines between the movements of the weights: CSV")],
    where: DeviceOptions,
) -> None:
    """Train the discriminator with and without each change."""
    found = of_file(data).training_set(data, None, where.choose())
    write_table(scale_audit(found.samples, found.conditions, recipe), out)


def describe(
    recipe: Describe, *, data: DataSet, out: Annotated[Path, Output("a row per layer: CSV")]
) -> None:
    """Run both networks once, on samples of the shape of those in the data set."""
    task = of_file(data)
    sizes = task.sample_shape, task.n_conditions
    table = architectures(recipe.generator, recipe.discriminator, *sizes, task.further_networks())
    write_table(table, out)


def fixed_generator(
    recipe: TrainBeforeFixedGenerator,
    *,
    out: Annotated[Path, Output("values on a grid: npz")],
    gradients: Annotated[Path, Output("a row per constraint and layer: CSV")],
    weights: Annotated[Path, Output("histograms of weights: CSV")],
) -> None:
    """Train one after the other."""
    rest = recipe.batch_size, recipe.seed
    deep = fixed.Sizes(recipe.width, fixed.DEEP_LAYERS, recipe.deep_steps, *rest)
    norms, shares = fixed.deep_discriminators(deep)
    surfaces = fixed.value_surfaces(fixed.Sizes(recipe.width, 3, recipe.steps, *rest))
    write_table(norms, gradients)
    write_table(shares, weights)
    with atomic_write(out) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **surfaces)
