"""Subcommands that train networks and describe them."""

import sys
import time
from typing import Any

from showergan.cli.options import Device, Input, Output, Recipe, app
from showergan.cli.output import say, write_json, write_table
from showergan.config import Embedding
from showergan.recipes import (
    AuditRecipe,
    DescribeRecipe,
    TrainingRecipe,
    parse_recipe,
)


@app.command()
def train_embedding(
    showers: Input,
    recipe: Recipe,
    out: Output,
    metrics: Output,
    predictions: Output,
    device: Device = "auto",
) -> None:
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""
    import torch

    from showergan.device import choose_device
    from showergan.networks.embedding import TARGETS, predict, save_embedding
    from showergan.tasks.showers import dataset
    from showergan.training.embedding import prediction_table, r2, targets_of
    from showergan.training.embedding import train_embedding as train
    from showergan.training.provenance import provenance

    settings, chosen = parse_recipe(Embedding, recipe), choose_device(device)
    start = time.perf_counter()
    result = train(
        dataset.load(showers, "train"),
        settings,
        chosen,
        lambda epoch, score: say(f"epoch {epoch}/{settings.epochs}: held-out R2 {score:.4f}"),
    )
    select = dataset.load(showers, "select")
    energy = torch.from_numpy(select.energy).unsqueeze(1).to(chosen)
    predicted, true = (
        predict(result.regressor, energy)[1].cpu(),
        torch.from_numpy(targets_of(select)),
    )
    scores = dict(zip(TARGETS, r2(predicted, true).tolist(), strict=True))
    say("R2 on the select showers: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    write_table(prediction_table(predicted.numpy(), true.numpy()), predictions)
    write_json(
        {
            "r2": scores,
            "r2_split": "select",
            "n_select": len(select),
            "n_fitted": result.n_fitted,
            "n_held_out": result.n_held_out,
            "best_epoch": result.best_epoch,
            "n_epochs": result.n_epochs,
            "seconds": round(time.perf_counter() - start, 2),
            **provenance(chosen),
        },
        metrics,
    )
    save_embedding(result.regressor, out)


@app.command()
def train(
    showers: Input,
    recipe: Recipe,
    snapshots: Output,
    history: Output,
    lipschitz: Output,
    run: Output,
    device: Device = "auto",
) -> None:
    """Train one GAN: one method, one pair of learning rates, one seed."""
    from showergan.device import choose_device
    from showergan.inference import snapshots as files
    from showergan.tasks.showers import dataset
    from showergan.tasks.showers.conditions import Conditioning
    from showergan.training.loop import Trainer, training_tensors
    from showergan.training.progress import Progress
    from showergan.training.provenance import provenance

    settings, chosen = parse_recipe(TrainingRecipe, recipe), choose_device(device)
    sample = dataset.load(showers, "train")
    conditioning = Conditioning.fitted(settings.conditions, sample.point, sample.momentum)
    trainer = Trainer(*training_tensors(sample, conditioning, chosen), settings)
    start = time.perf_counter()
    result = trainer.run(Progress(sys.stderr))
    frame = result.history.frame()
    seconds = time.perf_counter() - start
    attributes = dataset.attributes(showers)
    write_table(frame, history)
    write_table(trainer.lipschitz(), lipschitz)
    write_json(
        {
            "recipe": settings.model_dump(mode="json"),
            "n_train": len(trainer.images),
            "generator_steps": result.n_steps,
            "discriminator_steps": result.n_steps * settings.n_critic,
            "parameters": {
                "generator": count_parameters(trainer.generator),
                "discriminator": count_parameters(trainer.discriminator),
            },
            "seconds": round(seconds, 2),
            "source_sha256": attributes["source_sha256"],
            **provenance(chosen),
        },
        run,
    )
    files.save(files.Snapshots(conditioning, settings.generator_average, result.states), snapshots)


@app.command()
def audit(showers: Input, recipe: Recipe, out: Output, device: Device = "auto") -> None:
    """Measure how far changes of the discriminator's scale change the direction of its training."""
    from showergan.device import choose_device
    from showergan.tasks.showers import dataset
    from showergan.tasks.showers.conditions import Conditioning
    from showergan.training.loop import training_tensors
    from showergan.training.scale_audit import scale_audit

    settings, chosen = parse_recipe(AuditRecipe, recipe), choose_device(device)
    tensors = training_tensors(dataset.load(showers, "train"), Conditioning(), chosen)
    write_table(scale_audit(*tensors, settings), out)


@app.command()
def describe(recipe: Recipe, out: Output) -> None:
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""
    from showergan.networks.describe import architectures

    write_table(architectures(parse_recipe(DescribeRecipe, recipe).discriminator), out)


def count_parameters(module: Any) -> int:
    """Return the number of trained numbers of a network."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)
