"""Steps that measure samples against real ones."""

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from showergan.cli.computing import DeviceOptions
from showergan.cli.options import DataSet, Generator, Input, Model, Output, Setting
from showergan.comparison.learning_rates import UNDEFINED
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.evaluation import Evaluate, EvaluateFile, Reference
from showergan.errors import UserError
from showergan.evaluation.anchors import anchors as measure_anchors
from showergan.evaluation.file import evaluate_file as measure_file
from showergan.evaluation.generated import evaluate as measure_training
from showergan.evaluation.generator import load_generator
from showergan.evaluation.reference import load_reference, make_reference, origin_of, save_reference
from showergan.io.files import atomic_write, say
from showergan.io.tables import write_table
from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.tasks.found import of_file


def reference(
    recipe: Reference,
    *,
    data: DataSet,
    out: Annotated[Path, Output("features of the real samples: HDF5")],
    anchors: Annotated[Path, Output("ceilings and floors of every metric: CSV")],
    curves: Annotated[Path, Output("their curves of precision and recall: CSV")],
    embedding: Model = None,
    where: DeviceOptions,
) -> None:
    """Measure real samples against real samples, and against the floors."""
    device = where.choose()
    regressor = of_file(data).load_embedding(embedding, device) if embedding else None
    made = make_reference(data, regressor, recipe, device)
    say(made.reference_statistics.summary)
    ends, end_curves = measure_anchors(data, made, regressor, recipe, device)
    spaces = ends[ends["metric"] == "prd_auc"].groupby("space")["value"].count()
    if none := [space for space, n in spaces.items() if not n]:
        say(f"PRD-AUC over {', '.join(map(str, none))}: {UNDEFINED}")
    write_table(ends, anchors)
    write_table(end_curves, curves)
    save_reference(made, out)


def evaluate(
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
    scores = measure_training(load_generator(generator), real, network, recipe, device, _show)
    write_table(scores.metrics, metrics)
    write_table(scores.curves, curves)
    with atomic_write(examples) as temporary, temporary.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **scores.examples)


def _show(epoch: int, metrics: pd.DataFrame) -> None:
    test = scores_over_epochs(metrics)
    values = (f"{s} {v:.3f}" for s, v in zip(test["score"], test["value"], strict=True))
    say(f"epoch {epoch}: {', '.join(values)}")


def evaluate_file(
    recipe: EvaluateFile,
    *,
    generated: Annotated[Path, Input("npz of the published schema, or HDF5 like ours")],
    out: Annotated[Path, Output("every metric per bin: CSV")],
    reference: Annotated[
        Path | None,
        Input(
            "reference/features.h5 of a run, to score as it does: its recipe, data set, embedding, bins and scales"
        ),
    ] = None,
    real: Annotated[Path | None, Input("without a run: data set that `preprocess` wrote")] = None,
    embedding: Annotated[
        Path | None, Input("without a run: model.pt of `train-embedding`; without it no E metrics")
    ] = None,
    negative_energy: Annotated[
        Literal["error", "clip"], Setting("what to do with negative energies in it")
    ] = "error",
    where: DeviceOptions,
) -> None:
    """Measure it, and print a table and remarks on stdout."""
    # It imports Matplotlib, which no other step here needs.
    from showergan.report.texts import file_table

    used: Evaluation = recipe
    if reference:
        if real or embedding:
            raise UserError(
                "--reference has a data set and an embedding: leave out --real and --embedding."
            )
        used, real, embedding = _as_in(reference, recipe)
    if real is None:
        raise UserError(
            "Give --reference results/RUN/reference/features.h5, to score as a run does, or --real, a data set."
        )
    device, task = where.choose(), of_file(real)
    metrics, remarks = measure_file(
        generated,
        real,
        task.load_embedding(embedding, device) if embedding else None,
        used,
        device,
        mend=negative_energy == "clip",
        reference=load_reference(reference) if reference else None,
    )
    write_table(metrics, out)
    print(f"{generated} against {real}, {used.statistics} statistics, K = {used.clusters}\n")
    print(file_table(metrics, task.metrics.entries), end="\n\n")
    if reference:
        print(f"- Recipe, bins, scales and real samples are those of {reference}.")
    for remark in remarks:
        print(f"- {remark}")


def recorded_evaluate_file(
    recipe: EvaluateFile, reference: Path | None = None, **_: Any
) -> EvaluateFile:
    """Return the recipe for the record: that of the reference, if there is one."""
    return EvaluateFile(**dict(_as_in(reference, recipe)[0])) if reference else recipe


def _as_in(reference: Path, recipe: EvaluateFile) -> tuple[Evaluation, Path, Path | None]:
    """Return recipe, data set and embedding of a reference; `recipe` must not contradict it.

    Raises:
        UserError: it does, or the reference cannot be compared with.
    """
    made = origin_of(reference)
    if made.version != Reference.version:
        raise UserError(
            f"{reference} is of version {made.version} of `showergan reference`, this is {Reference.version}: "
            "other numbers. Run snakemake again for this run."
        )
    for key in sorted(recipe.model_fields_set):
        here, there = getattr(recipe, key), getattr(made.recipe, key)
        if here != there:
            raise UserError(
                f"--recipe: {key} is {here}, that of {reference} is {there}. Leave it out; or leave out "
                "--reference, and give --real and --embedding: the numbers are then not comparable with the run's."
            )
    return made.recipe, made.data, made.embedding
