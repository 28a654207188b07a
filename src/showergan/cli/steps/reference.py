"""Features of the real samples, and the scores of real samples and of the worst generators."""

from pathlib import Path
from typing import Annotated

from showergan.cli.computing import DeviceOptions
from showergan.cli.options import DataSet, Model, Output
from showergan.comparison.summary import UNDEFINED
from showergan.config.recipes.evaluation import Reference
from showergan.evaluation.anchors import anchors as measure_anchors
from showergan.evaluation.reference import make_reference, save_reference
from showergan.io.files import say, write_table
from showergan.tasks.found import of_file


def run(
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
    say(made.reference_statistics.told)
    ends, end_curves = measure_anchors(data, made, regressor, recipe, device)
    spaces = ends[ends["metric"] == "prd_auc"].groupby("space")["value"].count()
    if none := [space for space, n in spaces.items() if not n]:
        say(f"PRD-AUC over {', '.join(map(str, none))}: {UNDEFINED}")
    write_table(ends, anchors)
    write_table(end_curves, curves)
    save_reference(made, out)
