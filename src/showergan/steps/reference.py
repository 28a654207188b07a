"""The real showers, and what they and the worst generators score."""

from pathlib import Path
from typing import Annotated

from showergan import measurement, tasks
from showergan.config import Evaluation
from showergan.device import choose_device
from showergan.files import say, write_table
from showergan.steps.step import Device, Model, Output, Showers, Step


class Reference(Evaluation, Step):
    """Compute features of the real select and test showers, and the ceilings and floors of every metric."""

    name = "reference"
    version = 6
    section = "evaluation"

    def run(
        self,
        *,
        showers: Showers,
        embedding: Model,
        out: Annotated[Path, Output("features of the real showers: HDF5")],
        anchors: Annotated[Path, Output("ceilings and floors of every metric: CSV")],
        curves: Annotated[Path, Output("their curves of precision and recall: CSV")],
        device: Device = "auto",
    ) -> None:
        """Measure real showers against real showers, and against the floors."""
        chosen = choose_device(device)
        regressor = tasks.showers.load_embedding(embedding, chosen)
        made = measurement.make_reference(showers, regressor, self, chosen)
        say(
            f"Physics statistics: {self.statistics}, impact point at a depth of "
            f"{made.yardstick.impact_depth_cm:.2f} cm"
        )
        ends, end_curves = measurement.anchors(showers, made, regressor, self, chosen)
        write_table(ends, anchors)
        write_table(end_curves, curves)
        measurement.save_reference(made, out)
