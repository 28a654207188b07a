"""Subcommands that measure samples of showers."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from showergan.cli.options import Device, Input, Output, Recipe, app
from showergan.cli.output import say, write_table
from showergan.config import Evaluation
from showergan.files import write_aside
from showergan.recipes import EvaluationRecipe, parse_recipe


@app.command()
def reference(
    showers: Input,
    embedding: Input,
    recipe: Recipe,
    out: Output,
    anchors: Output,
    curves: Output,
    device: Device = "auto",
) -> None:
    """Compute features of the real select and test showers, and the ceilings and floors of every metric."""
    from showergan.device import choose_device
    from showergan.measurement.anchors import anchors as measure_anchors
    from showergan.measurement.reference import make_reference, save_reference
    from showergan.networks.embedding import load_embedding

    settings, chosen = parse_recipe(Evaluation, recipe), choose_device(device)
    regressor = load_embedding(embedding, chosen)
    made = make_reference(showers, regressor, settings, chosen)
    say(
        f"Physics statistics: {settings.statistics}, impact point at a depth of "
        f"{made.frame.impact_depth_cm:.2f} cm"
    )
    ends, end_curves = measure_anchors(showers, made, regressor, settings, chosen)
    write_table(ends, anchors)
    write_table(end_curves, curves)
    save_reference(made, out)


@app.command()
def evaluate(
    snapshots: Input,
    embedding: Input,
    reference: Input,
    recipe: Recipe,
    metrics: Output,
    curves: Output,
    examples: Output,
    device: Device = "auto",
) -> None:
    """Score the generator of every evaluated epoch of one training."""
    import numpy as np

    from showergan.comparison.summary import scores_over_epochs
    from showergan.device import choose_device
    from showergan.inference.snapshots import load
    from showergan.measurement.generated import evaluate as score
    from showergan.measurement.reference import load_reference
    from showergan.networks.embedding import load_embedding

    settings, chosen = parse_recipe(EvaluationRecipe, recipe), choose_device(device)

    def show(epoch: int, table: Any) -> None:
        test = scores_over_epochs(table)
        values = ", ".join(
            f"{s} {v:.3f}" for s, v in zip(test["score"], test["value"], strict=True)
        )
        say(f"epoch {epoch}: {values}")

    scores = score(
        load(snapshots),
        load_reference(reference),
        load_embedding(embedding, chosen),
        settings,
        chosen,
        show,
    )
    write_table(scores.metrics, metrics)
    write_table(scores.curves, curves)
    with write_aside(examples) as aside, aside.open("wb") as stream:
        np.savez(stream, energy=scores.examples)


@app.command()
def evaluate_file(
    generated: Annotated[Path, typer.Option(help="npz of the published schema, or HDF5 like ours")],
    real: Annotated[Path, typer.Option(help="data set that `preprocess` wrote")],
    out: Output,
    embedding: Annotated[
        Path | None, typer.Option(help="model.pt of `train-embedding`; without it no E metrics")
    ] = None,
    recipe: Annotated[str, typer.Option(help="settings as under `evaluation:`, as JSON")] = "{}",
    negative_energy: Annotated[
        Literal["error", "clip"], typer.Option(help="what to do with negative energies in it")
    ] = "error",
    device: Device = "auto",
) -> None:
    """Score any generated sample against real showers, beside what real showers score themselves."""
    from showergan.device import choose_device
    from showergan.measurement.file import evaluate_file as score
    from showergan.networks.embedding import load_embedding
    from showergan.rendering.file_table import file_table

    settings, chosen = parse_recipe(Evaluation, recipe), choose_device(device)
    regressor = load_embedding(embedding, chosen) if embedding else None
    metrics, remarks = score(generated, real, regressor, settings, chosen, negative_energy)
    write_table(metrics, out)
    print(
        f"{generated} against {real}, {settings.statistics} statistics, K = {settings.clusters}\n"
    )
    print(file_table(metrics), end="\n\n")
    for remark in remarks:
        print(f"- {remark}")
