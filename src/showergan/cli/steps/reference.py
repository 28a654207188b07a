"""The real samples, and what they and the worst generators score."""

from pathlib import Path
from typing import Annotated

from showergan.cli.step import DataSet, Device, Model, Output, PerGpu, RequireGpu, Step
from showergan.comparison.learning_rates import UNDEFINED
from showergan.config.evaluation import Evaluation
from showergan.evaluation.anchors import anchors as _anchors
from showergan.evaluation.reference import make_reference, save_reference
from showergan.io.device import choose_device
from showergan.io.files import say
from showergan.io.tables import write_table
from showergan.tasks.found import of_file


class Reference(Evaluation, Step):
    """Compute features of the real select and test samples, and the ceilings and floors of every metric."""

    name = "reference"
    version = 7
    section = "evaluation"

    def run(
        self,
        *,
        data: DataSet,
        out: Annotated[Path, Output("features of the real samples: HDF5")],
        anchors: Annotated[Path, Output("ceilings and floors of every metric: CSV")],
        curves: Annotated[Path, Output("their curves of precision and recall: CSV")],
        embedding: Model = None,
        device: Device = "auto",
        per_gpu: PerGpu = None,
        require_gpu: RequireGpu = False,
    ) -> None:
        """Measure real samples against real samples, and against the floors."""
        chosen = choose_device(device, per_gpu, require_gpu)
        regressor = of_file(data).load_embedding(embedding, chosen) if embedding else None
        made = make_reference(data, regressor, self, chosen)
        say(made.reference_statistics.summary)
        ends, end_curves = _anchors(data, made, regressor, self, chosen)
        spaces = ends[ends["metric"] == "prd_auc"].groupby("space")["value"].count()
        if none := [space for space, n in spaces.items() if not n]:
            say(f"PRD-AUC over {', '.join(map(str, none))}: {UNDEFINED}")
        write_table(ends, anchors)
        write_table(end_curves, curves)
        save_reference(made, out)
