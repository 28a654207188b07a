"""The network that images are measured with."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import torch

from showergan.cli.computing import CheckpointOptions, DeviceOptions
from showergan.cli.options import DataSet, Output
from showergan.config.recipes.images import TrainPictureEmbedding
from showergan.io.files import say, write_json
from showergan.tasks.images import dataset
from showergan.tasks.images.embedding import save_embedding
from showergan.tasks.images.embedding_training import score_of, train_embedding
from showergan.tasks.images.spaces import CLASSIFIER

SCORES = {"classifier": "accuracy", "encoder": "R2 of pictures"}


def run(
    recipe: TrainPictureEmbedding,
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
    embedding, fit = train_embedding(
        recipe.kind,
        dataset.samples_in(data),
        dataset.load(data, "train").image,
        dataset.labels(data, "train"),
        recipe,
        device,
        lambda epoch, score: say(f"epoch {epoch}/{recipe.epochs}: held-out {called} {score:.4f}"),
        checkpoints,
    )
    image = torch.from_numpy(dataset.load(data, "select").image).to(device)
    label = torch.from_numpy(dataset.labels(data, "select")).to(device)
    score = score_of(embedding, image, label)
    say(f"{recipe.kind}: {called} {score:.4f} of {len(image)} select pictures")
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
    save_embedding(embedding, out)
    return checkpoints.remove
