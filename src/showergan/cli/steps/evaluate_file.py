"""Scores of any sample against real ones."""

from pathlib import Path
from typing import Annotated, Any, Literal

from showergan.cli.computing import DeviceOptions
from showergan.cli.options import Input, Output, Setting
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.evaluation import EvaluateFile, Reference
from showergan.errors import UserError
from showergan.evaluation.file import evaluate_file
from showergan.evaluation.reference import load_reference, origin_of
from showergan.io.files import write_table
from showergan.report.tables.file_table import file_table
from showergan.tasks.found import of_file


def run(
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
    metrics, remarks = evaluate_file(
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


def adapted(recipe: EvaluateFile, reference: Path | None = None, **_: Any) -> EvaluateFile:
    """Return the recipe of the reference, where one is given, for the record."""
    return EvaluateFile(**dict(_as_in(reference, recipe)[0])) if reference else recipe


def _as_in(reference: Path, recipe: EvaluateFile) -> tuple[Evaluation, Path, Path | None]:
    """Return recipe, data set and embedding of a reference; the recipe given must not contradict it.

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
