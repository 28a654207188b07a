"""The embedding of showers."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch

from showergan.cli.computing import CheckpointOptions, DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes.showers import TrainEmbedding
from showergan.io.files import say, write_json, write_table
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import TARGETS, predict, save_embedding
from showergan.tasks.showers.embedding_training import (
    prediction_table,
    r2,
    targets_of,
    train_embedding,
)


def run(
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
    regressor, fit = train_embedding(
        dataset.load(data, "train"),
        recipe,
        device,
        lambda epoch, score: say(f"epoch {epoch}/{recipe.epochs}: held-out R2 {score:.4f}"),
        checkpoints,
    )
    select = dataset.load(data, "select")
    energy = torch.from_numpy(select.energy).unsqueeze(1).to(device)
    predicted = predict(regressor, energy)[1].cpu()
    names = regressor.targets
    true = torch.from_numpy(targets_of(select, names))
    scores = dict(zip(names, r2(predicted, true).tolist(), strict=True))
    say("R2 on the select showers: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    left_out = [name for name in TARGETS if name not in names]
    if left_out:
        say(f"Left out, for the training showers do not differ in them: {', '.join(left_out)}")
    write_table(prediction_table(predicted.numpy(), true.numpy(), names), predictions)
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
    save_embedding(regressor, out)
    return checkpoints.remove
