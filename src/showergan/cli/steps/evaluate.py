"""The generators of one training against the real samples."""

from pathlib import Path
from typing import Annotated, Self

import numpy as np
import pandas as pd

from showergan.cli.step import Device, Input, Model, Output, PerGpu, RequireGpu, Step
from showergan.config.evaluation import EvaluationRecipe
from showergan.config.whole import Config
from showergan.evaluation.generated import evaluate
from showergan.evaluation.generator_file import load_generator
from showergan.evaluation.reference import load_reference
from showergan.io.device import choose_device
from showergan.io.files import atomic_write, say
from showergan.io.tables import write_table
from showergan.metrics.conditional_prd import scores_over_epochs


class Evaluate(EvaluationRecipe, Step):
    """Score the generator of every evaluated epoch of one training."""

    name = "evaluate"
    version = 7

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of every training of a run."""
        return cls(choose_by=config.choose_by, **dict(config.evaluation))

    def run(
        self,
        *,
        generator: Annotated[Path, Input("of `train`: generator.pt")],
        reference: Annotated[Path, Input("features of `reference`: HDF5")],
        metrics: Annotated[Path, Output("every metric of every evaluated epoch: CSV")],
        curves: Annotated[Path, Output("curves of precision and recall: CSV")],
        examples: Annotated[Path, Output("a few generated samples: npz")],
        embedding: Model = None,
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
    ) -> None:
        """Measure generated samples against the real ones of select and test."""
        chosen = choose_device(device, per_gpu, require_gpu)
        real = load_reference(reference)
        scores = evaluate(
            load_generator(generator),
            real,
            real.task.load_embedding(embedding, chosen) if embedding else None,
            self,
            chosen,
            _show,
        )
        write_table(scores.metrics, metrics)
        write_table(scores.curves, curves)
        with atomic_write(examples) as temporary, temporary.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **scores.examples)


def _show(epoch: int, metrics: "pd.DataFrame") -> None:
    test = scores_over_epochs(metrics)
    values = (f"{s} {v:.3f}" for s, v in zip(test["score"], test["value"], strict=True))
    say(f"epoch {epoch}: {', '.join(values)}")
