"""The network that pictures are measured with."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Self

import torch
from pydantic import Field

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
from showergan.config.tasks.images import CLASSIFIER, Embedding
from showergan.config.whole import Config
from showergan.io.device import choose_device
from showergan.io.files import say, write_json
from showergan.tasks.images import dataset
from showergan.tasks.images.embedding import save_embedding, score_of, train_embedding
from showergan.training.checkpoint import Checkpoints

SCORES = {"classifier": "accuracy", "encoder": "R2 of pictures"}


class TrainPictureEmbedding(Embedding, Step):
    """Train the network in whose space pictures are measured: a classifier, or one half of an autoencoder."""

    name = "train_picture_embedding"
    version = 1

    kind: Literal["classifier", "encoder"] = Field("classifier", description="what it learns")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run: the space that epochs are chosen in says what is trained."""
        section = config.embedding  # type: ignore[attr-defined]
        return cls(kind=config.choose_by.removeprefix("bins-"), **dict(section))  # type: ignore[arg-type]

    def run(
        self,
        *,
        data: DataSet,
        out: Annotated[Path, Output("the network: model.pt")],
        metrics: Annotated[Path, Output("its score on select: JSON")],
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
        checkpoint_seconds: CheckpointSeconds = 60.0,
        checkpoint_folder: CheckpointFolder = None,
        max_seconds: MaxSeconds = None,
    ) -> Callable[[], None]:
        """Train on the training pictures, of which a part decides when to stop; measure on select."""
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
        called = SCORES[self.kind]
        embedding, fit = train_embedding(
            self.kind,
            dataset.samples_in(data),
            dataset.load(data, "train").image,
            dataset.labels(data, "train"),
            self,
            chosen,
            lambda epoch, score: say(f"epoch {epoch}/{self.epochs}: held-out {called} {score:.4f}"),
            checkpoints,
        )
        image, label = (
            torch.from_numpy(values).to(chosen)
            for values in (
                dataset.load(data, "select").image,
                dataset.labels(data, "select"),
            )
        )
        score = score_of(embedding, image, label)
        say(f"{self.kind}: {called} {score:.4f} of {len(image)} select pictures")
        if self.kind == CLASSIFIER and score < self.bar:
            say(f"warning: that is below embedding.bar = {self.bar}: do not trust what it measures")
        write_json(
            {
                "kind": self.kind,
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
