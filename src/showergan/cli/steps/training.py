"""Steps that train GANs and embeddings, and that describe the networks of GANs."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch

from showergan.cli.computing import CheckpointOptions, DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes import training as recipes
from showergan.config.tasks.images import CLASSIFIER
from showergan.errors import UserError
from showergan.evaluation.generator import Divergence, conditions_of, description_of, save_generator
from showergan.io.files import atomic_write, say, sha256_of, write_json
from showergan.io.tables import write_table
from showergan.networks.description import architectures
from showergan.records.provenance import made_with
from showergan.tasks.data_set import source_sha256
from showergan.tasks.found import of_file
from showergan.tasks.images import dataset as images
from showergan.tasks.images import embedding as of_images
from showergan.tasks.showers import dataset as showers
from showergan.tasks.showers import embedding as of_showers
from showergan.tasks.toys import fixed_generator as fixed
from showergan.training.loop import Trainer
from showergan.training.scale_audit import scale_audit


def train(
    recipe: recipes.Train,
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
    networks = {"generator": trainer.generator, "discriminator": trainer.discriminator}
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
                name: sum(p.numel() for p in network.parameters() if p.requires_grad)
                for name, network in networks.items()
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
        provenance={"recipe": recipe.whole(), "source_sha256": source_sha256(data), **made_with()},
    )
    save_generator(description, result.states, generator)
    return checkpoints.remove


def audit(
    recipe: recipes.Audit,
    *,
    data: DataSet,
    out: Annotated[Path, Output("cosines between the movements of the weights: CSV")],
    where: DeviceOptions,
) -> None:
    """Train the discriminator with and without each change."""
    found = of_file(data).training_set(data, None, where.choose())
    write_table(scale_audit(found.samples, found.conditions, recipe), out)


def describe(
    recipe: recipes.Describe, *, data: DataSet, out: Annotated[Path, Output("a row per layer: CSV")]
) -> None:
    """Run both networks once, on samples of the shape of those in the data set."""
    task = of_file(data)
    sizes = task.sample_shape, task.n_conditions
    table = architectures(recipe.generator, recipe.discriminator, *sizes, task.further_networks())
    write_table(table, out)


def fixed_generator(
    recipe: recipes.FixedGenerator,
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


def train_embedding(
    recipe: recipes.TrainEmbedding,
    *,
    data: DataSet,
    out: Annotated[Path, Output("the regressor: model.pt")],
    metrics: Annotated[Path, Output("R2 on the select showers: JSON")],
    predictions: Annotated[Path, Output("predictions for the select showers: CSV")],
    where: DeviceOptions,
    states: CheckpointOptions,
) -> Callable[[], None]:
    """Train on the training showers, of which a part decides when to stop; measure on select."""
    device = where.choose()
    checkpoints = states.of(out, recipe, data, device)
    found = showers.load(data, "train")
    regressor, fit = of_showers.train_embedding(found, recipe, device, checkpoints)
    _measure(regressor, data, device, metrics, predictions, **fit._asdict())
    of_showers.save_embedding(regressor, out)
    return checkpoints.remove


def take_embedding(
    recipe: recipes.TakeEmbedding,
    *,
    data: DataSet,
    out: Annotated[Path, Output("a copy of the file: model.pt")],
    metrics: Annotated[Path, Output("R2 on the select showers: JSON")],
    predictions: Annotated[Path, Output("predictions for the select showers: CSV")],
    where: DeviceOptions,
) -> None:
    """Copy the file, if it is that of the recipe, and measure it on select.

    Raises:
        UserError: it is another one.
    """
    (file,) = recipe.reads
    if (found := sha256_of(file)) != recipe.sha256:
        raise UserError(
            f"{file}: SHA-256 is {found}, but embedding.sha256 is {recipe.sha256}: scores over another embedding "
            "cannot be compared. Get the file again, or correct embedding.sha256."
        )
    device = where.choose()
    _measure(of_showers.load_embedding(file, device), data, device, metrics, predictions)
    with atomic_write(out) as temporary:
        shutil.copyfile(file, temporary)


def _measure(
    regressor: of_showers.EmbeddingRegressor,
    data: Path,
    device: torch.device,
    metrics: Path,
    predictions: Path,
    **fit: int,
) -> None:
    """Write what the regressor predicts of the select showers, its R2, and what there is to say about its fit."""
    select = showers.load(data, "select")
    energy = torch.from_numpy(select.energy).unsqueeze(1).to(device)
    predicted = of_showers.predict(regressor, energy)[1].cpu()
    names = regressor.targets
    true = torch.from_numpy(of_showers.targets_of(select, names))
    scores = dict(zip(names, of_showers.r2(predicted, true).tolist(), strict=True))
    say("R2 on the select showers: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    left_out = [name for name in of_showers.TARGETS if name not in names]
    if left_out:
        say(f"Left out, for the training showers do not differ in them: {', '.join(left_out)}")
    columns = {"true": true.T.flatten(), "predicted": predicted.T.flatten()}
    write_table(pd.DataFrame({"target": np.repeat(names, len(true)), **columns}), predictions)
    write_json(
        {
            "r2": {k: None if np.isnan(v) else v for k, v in scores.items()},
            "targets_without_spread": left_out,
            "r2_split": "select",
            "n_select": len(select),
            **fit,
        },
        metrics,
    )


def train_image_embedding(
    recipe: recipes.TrainImageEmbedding,
    *,
    data: DataSet,
    out: Annotated[Path, Output("the network: model.pt")],
    metrics: Annotated[Path, Output("its score on select: JSON")],
    where: DeviceOptions,
    states: CheckpointOptions,
) -> Callable[[], None]:
    """Train on the training images, of which a part decides when to stop; measure on select."""
    device, called = where.choose(), of_images.SCORES[recipe.kind]
    checkpoints = states.of(out, recipe, data, device)
    embedding, fit = of_images.train_embedding(
        recipe.kind,
        images.samples_in(data),
        images.load(data, "train").image,
        images.labels(data, "train"),
        recipe,
        device,
        checkpoints,
    )
    image = torch.from_numpy(images.load(data, "select").image).to(device)
    label = torch.from_numpy(images.labels(data, "select")).to(device)
    score = of_images.score_of(embedding, image, label)
    say(f"{recipe.kind}: {called} {score:.4f} of {len(image)} select images")
    if recipe.kind == CLASSIFIER and score < recipe.bar:
        say(f"warning: that is below embedding.bar = {recipe.bar}: do not trust what it measures")
    write_json(
        {
            "kind": recipe.kind,
            "score": called,
            "value": score,
            "split": "select",
            "n_select": len(image),
            **fit._asdict(),
        },
        metrics,
    )
    of_images.save_embedding(embedding, out)
    return checkpoints.remove
