"""Steps that train the networks in whose spaces samples are measured."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch

from showergan.cli.computing import CheckpointOptions, DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes.embedding import TrainEmbedding, TrainImageEmbedding
from showergan.config.tasks.images import CLASSIFIER
from showergan.io.files import say, write_json
from showergan.io.tables import write_table
from showergan.tasks.images import dataset as images
from showergan.tasks.images import embedding as of_images
from showergan.tasks.showers import dataset as showers
from showergan.tasks.showers import embedding as of_showers

SCORES = {"classifier": "accuracy", "encoder": "R2 of images"}


def train_embedding(
    recipe: TrainEmbedding,
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
    regressor, fit = of_showers.train_embedding(
        showers.load(data, "train"),
        recipe,
        device,
        lambda epoch, score: say(f"epoch {epoch}/{recipe.epochs}: held-out R2 {score:.4f}"),
        checkpoints,
    )
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
            **fit._asdict(),
        },
        metrics,
    )
    of_showers.save_embedding(regressor, out)
    return checkpoints.remove


def train_image_embedding(
    recipe: TrainImageEmbedding,
    *,
    data: DataSet,
    out: Annotated[Path, Output("the network: model.pt")],
    metrics: Annotated[Path, Output("its score on select: JSON")],
    where: DeviceOptions,
    states: CheckpointOptions,
) -> Callable[[], None]:
    """Train on the training images, of which a part decides when to stop; measure on select."""
    device, called = where.choose(), SCORES[recipe.kind]
    checkpoints = states.of(out, recipe, data, device)
    embedding, fit = of_images.train_embedding(
        recipe.kind,
        images.samples_in(data),
        images.load(data, "train").image,
        images.labels(data, "train"),
        recipe,
        device,
        lambda epoch, score: say(f"epoch {epoch}/{recipe.epochs}: held-out {called} {score:.4f}"),
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
