"""Any sample against the real showers."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from showergan.cli.step import Device, Input, Output, PerGpu, RequireGpu, Setting, Step
from showergan.cli.steps.reference import Reference
from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.evaluation.file import evaluate_file
from showergan.evaluation.reference import load_reference, origin_of
from showergan.io.device import choose_device
from showergan.io.tables import write_table
from showergan.report.tables.file_table import file_table
from showergan.tasks.found import of_file


class EvaluateFile(Evaluation, Step):
    """Score any generated sample against real showers, beside what real showers score themselves."""

    name = "evaluate_file"
    version = 2
    section = "evaluation"

    def run(
        self,
        *,
        generated: Annotated[Path, Input("npz of the published schema, or HDF5 like ours")],
        out: Annotated[Path, Output("every metric per bin: CSV")],
        reference: Annotated[
            Path | None,
            Input(
                "reference/features.h5 of a run, to score as it does: its recipe, data set, embedding, bins and scales"
            ),
        ] = None,
        real: Annotated[
            Path | None, Input("without a run: data set that `preprocess` wrote")
        ] = None,
        embedding: Annotated[
            Path | None,
            Input("without a run: model.pt of `train-embedding`; without it no E metrics"),
        ] = None,
        negative_energy: Annotated[
            Literal["error", "clip"], Setting("what to do with negative energies in it")
        ] = "error",
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
    ) -> None:
        """Measure it, and print a table and what to mind on stdout."""
        recipe: Evaluation = self
        if reference:
            if real or embedding:
                raise UserError(
                    "--reference has a data set and an embedding: leave out --real and --embedding."
                )
            recipe, real, embedding = self._as_in(reference)
        if real is None:
            raise UserError(
                "Give --reference results/RUN/reference/features.h5, to score as a run does, or --real, a data set."
            )
        chosen = choose_device(device, per_gpu, require_gpu)
        task = of_file(real)
        network = task.load_embedding(embedding, chosen) if embedding else None
        metrics, remarks = evaluate_file(
            generated,
            real,
            network,
            recipe,
            chosen,
            mend=negative_energy == "clip",
            reference=load_reference(reference) if reference else None,
        )
        write_table(metrics, out)
        print(
            f"{generated} against {real}, {recipe.statistics} statistics, K = {recipe.clusters}\n"
        )
        print(file_table(metrics, task.metrics.entries), end="\n\n")
        if reference:
            print(f"- Recipe, bins, scales and real samples are those of {reference}.")
        for remark in remarks:
            print(f"- {remark}")

    def adapted(self, reference: Path | None = None, **_: Any) -> Self:
        """Return the step with the recipe of a reference."""
        return type(self)(**dict(self._as_in(reference)[0])) if reference else self

    def _as_in(self, reference: Path) -> tuple[Evaluation, Path, Path | None]:
        """Return recipe, data set and embedding of a reference; the recipe given must not say otherwise.

        Raises:
            UserError: it does, or the reference cannot be compared with.
        """
        made = origin_of(reference)
        if made.version != Reference.version:
            raise UserError(
                f"{reference} is of version {made.version} of `showergan reference`, this is {Reference.version}: "
                "other numbers. Run snakemake again for this run."
            )
        for key in sorted(self.model_fields_set):
            here, there = getattr(self, key), getattr(made.recipe, key)
            if here != there:
                raise UserError(
                    f"--recipe: {key} is {here}, that of {reference} is {there}. Leave it out; or leave out "
                    "--reference, and give --real and --embedding: the numbers are then not comparable with the run's."
                )
        return made.recipe, made.data, made.embedding
