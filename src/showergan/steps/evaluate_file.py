"""Any sample against the real showers."""

from pathlib import Path
from typing import Annotated, Literal

from showergan import measurement, tasks
from showergan.config import Evaluation
from showergan.device import choose_device
from showergan.files import write_table
from showergan.step import Device, Input, Output, PerGpu, RequireGpu, Setting, Step
from showergan.tables.file_table import file_table


class EvaluateFile(Evaluation, Step):
    """Score any generated sample against real showers, beside what real showers score themselves."""

    name = "evaluate_file"
    version = 1
    section = "evaluation"

    def run(
        self,
        *,
        generated: Annotated[Path, Input("npz of the published schema, or HDF5 like ours")],
        real: Annotated[Path, Input("data set that `preprocess` wrote")],
        out: Annotated[Path, Output("every metric per bin: CSV")],
        embedding: Annotated[
            Path | None, Input("model.pt of `train-embedding`; without it no E metrics")
        ] = None,
        negative_energy: Annotated[
            Literal["error", "clip"], Setting("what to do with negative energies in it")
        ] = "error",
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
    ) -> None:
        """Measure it, and print a table and what to mind on stdout."""
        chosen = choose_device(device, per_gpu, require_gpu)
        task = tasks.of_file(real)
        network = task.load_embedding(embedding, chosen) if embedding else None
        metrics, remarks = measurement.evaluate_file(
            generated, real, network, self, chosen, mend=negative_energy == "clip"
        )
        write_table(metrics, out)
        print(f"{generated} against {real}, {self.statistics} statistics, K = {self.clusters}\n")
        print(file_table(metrics, task.metrics.entries), end="\n\n")
        for remark in remarks:
            print(f"- {remark}")
