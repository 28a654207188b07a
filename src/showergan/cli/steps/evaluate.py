"""Scores of the generators of one training against the real samples."""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd

from showergan.cli.computing import DeviceOptions
from showergan.cli.options import Generator, Input, Model, Output
from showergan.comparison.summary import scores_over_epochs
from showergan.config.recipes.evaluation import Evaluate
from showergan.evaluation.generated import evaluate
from showergan.evaluation.generator_file import load_generator
from showergan.evaluation.reference import load_reference
from showergan.io.files import atomic_write, say, write_table


def run(
    recipe: Evaluate,
    *,
    generator: Generator,
    reference: Annotated[Path, Input("features of `reference`: HDF5")],
    metrics: Annotated[Path, Output("every metric of every evaluated epoch: CSV")],
    curves: Annotated[Path, Output("curves of precision and recall: CSV")],
    examples: Annotated[Path, Output("a few generated samples: npz")],
    embedding: Model = None,
    where: DeviceOptions,
) -> None:
    """Measure generated samples against the real ones of select and test."""
    device, real = where.choose(), load_reference(reference)
    network = real.task.load_embedding(embedding, device) if embedding else None
    scores = evaluate(load_generator(generator), real, network, recipe, device, _show)
    write_table(scores.metrics, metrics)
    write_table(scores.curves, curves)
    with atomic_write(examples) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **scores.examples)


def _show(epoch: int, metrics: pd.DataFrame) -> None:
    test = scores_over_epochs(metrics)
    values = (f"{s} {v:.3f}" for s, v in zip(test["score"], test["value"], strict=True))
    say(f"epoch {epoch}: {', '.join(values)}")
