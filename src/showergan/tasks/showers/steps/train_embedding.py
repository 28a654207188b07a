"""The embedding of showers."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch

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
from showergan.io.device import choose_device
from showergan.io.files import say, write_json
from showergan.io.tables import write_table
from showergan.tasks.showers import dataset
from showergan.tasks.showers.embedding import TARGETS, predict, save_embedding
from showergan.tasks.showers.embedding_recipe import Embedding
from showergan.tasks.showers.embedding_training import (
    prediction_table,
    r2,
    targets_of,
    train_embedding,
)
from showergan.training.checkpoint import Checkpoints


class TrainEmbedding(Embedding, Step):
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""

    name = "train_embedding"
    version = 2
    section = "embedding"

    def run(
        self,
        *,
        data: DataSet,
        out: Annotated[Path, Output("the regressor: model.pt")],
        metrics: Annotated[Path, Output("R2 on the select showers: JSON")],
        predictions: Annotated[Path, Output("predictions for the select showers: CSV")],
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
        checkpoint_seconds: CheckpointSeconds = 60.0,
        checkpoint_folder: CheckpointFolder = None,
        max_seconds: MaxSeconds = None,
    ) -> Callable[[], None]:
        """Train on the training showers, of which a part decides when to stop; measure on select."""
        chosen = choose_device(device, per_gpu, require_gpu)
        checkpoints = Checkpoints(
            out,
            recipe=self.canonical(),
            data=data,
            device=chosen,
            every=checkpoint_seconds,
            folder=checkpoint_folder,
            most=max_seconds,
        )
        regressor, fit = train_embedding(
            dataset.load(data, "train"),
            self,
            chosen,
            lambda epoch, score: say(f"epoch {epoch}/{self.epochs}: held-out R2 {score:.4f}"),
            checkpoints,
        )
        select = dataset.load(data, "select")
        energy = torch.from_numpy(select.energy).unsqueeze(1).to(chosen)
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
