"""The command line: one subcommand per step, files in and files out.

Results go to files, what a person reads goes to stderr. Heavy libraries are imported by the step that needs them.
"""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from showergan.config import Config, Data, Embedding, Evaluation
from showergan.errors import UserError
from showergan.files import write_aside
from showergan.recipes import (
    AuditRecipe,
    DescribeRecipe,
    SummaryRecipe,
    TrainingRecipe,
    parse_recipe,
)

app = typer.Typer(
    help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)

Input = Annotated[Path, typer.Option(help="input file")]
Output = Annotated[Path, typer.Option(help="output file, written whole or not at all")]
Recipe = Annotated[str, typer.Option(help="what to do, as JSON; the workflow writes it")]
Device = Annotated[str, typer.Option(envvar="SHOWERGAN_DEVICE", help="auto, cpu, cuda or cuda:n")]


def main() -> None:
    """Run the command line; a user's mistake ends in a message, not in a traceback."""
    try:
        app()
    except UserError as error:
        say(f"error: {error}")
        sys.exit(1)


def say(text: str) -> None:
    """Write a line to stderr at once."""
    print(text, file=sys.stderr, flush=True)


@app.command()
def simulate(recipe: Recipe, out: Output) -> None:
    """Simulate electromagnetic showers (GFLASH) and write them in the published npz schema."""
    from showergan.showers import gflash
    from showergan.showers.npz import write_npz

    data = parse_recipe(Data, recipe)
    start = time.perf_counter()
    write_npz(out, data.n_showers, gflash.simulate(data.n_showers, data.seed))
    seconds = time.perf_counter() - start
    say(f"{out}: {data.n_showers} showers, {data.n_showers / seconds:.0f} per second")


@app.command()
def fetch(recipe: Recipe, out: Output) -> None:
    """Download a data set from a URL and check its SHA-256."""
    from showergan.showers.remote import fetch_url

    data = parse_recipe(Data, recipe)
    assert data.path
    fetch_url(data.path, out, data.sha256)


@app.command()
def preprocess(source: Input, recipe: Recipe, out: Output) -> None:
    """Check a data set of the published schema and write it as HDF5 with its split."""
    from showergan.showers import dataset
    from showergan.showers.remote import check_sha256

    data = parse_recipe(Data, recipe)
    if data.sha256:
        check_sha256(source, data.sha256)
    dataset.preprocess(
        source,
        out,
        source_name=data.path or "simulate",
        negative_energy=data.negative_energy,
        split=data.split,
        split_seed=data.split_seed,
    )


@app.command()
def train_embedding(
    showers: Input,
    recipe: Recipe,
    out: Output,
    metrics: Output,
    predictions: Output,
    device: Device = "auto",
) -> None:
    """Train the regressor whose last hidden layer is the embedding of the E metrics."""
    import torch

    from showergan.device import choose_device
    from showergan.networks.embedding import TARGETS, predict, save_embedding
    from showergan.showers import dataset
    from showergan.training.embedding import prediction_table, r2, targets_of
    from showergan.training.embedding import train_embedding as train
    from showergan.training.provenance import provenance

    settings, chosen = parse_recipe(Embedding, recipe), choose_device(device)
    start = time.perf_counter()
    result = train(
        dataset.load(showers, "train"),
        settings,
        chosen,
        lambda epoch, score: say(f"epoch {epoch}/{settings.epochs}: held-out R2 {score:.4f}"),
    )
    select = dataset.load(showers, "select")
    energy = torch.from_numpy(select.energy).unsqueeze(1).to(chosen)
    predicted, true = (
        predict(result.regressor, energy)[1].cpu(),
        torch.from_numpy(targets_of(select)),
    )
    scores = dict(zip(TARGETS, r2(predicted, true).tolist(), strict=True))
    say("R2 on the select showers: " + ", ".join(f"{k} {v:.3f}" for k, v in scores.items()))
    write_table(prediction_table(predicted.numpy(), true.numpy()), predictions)
    write_json(
        {
            "r2": scores,
            "r2_split": "select",
            "n_select": len(select),
            "n_fitted": result.n_fitted,
            "n_held_out": result.n_held_out,
            "best_epoch": result.best_epoch,
            "n_epochs": result.n_epochs,
            "seconds": round(time.perf_counter() - start, 2),
            **provenance(chosen),
        },
        metrics,
    )
    save_embedding(result.regressor, out)


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
    from showergan.evaluation.reference import anchors as measure_anchors
    from showergan.evaluation.reference import make_reference, save_reference
    from showergan.networks.embedding import load_embedding

    settings, chosen = parse_recipe(Evaluation, recipe), choose_device(device)
    regressor = load_embedding(embedding, chosen)
    made = make_reference(showers, regressor, settings, chosen)
    ends, end_curves = measure_anchors(showers, made, regressor, settings, chosen)
    write_table(ends, anchors)
    write_table(end_curves, curves)
    save_reference(made, out)


@app.command()
def train(
    showers: Input,
    recipe: Recipe,
    snapshots: Output,
    history: Output,
    lipschitz: Output,
    run: Output,
    device: Device = "auto",
) -> None:
    """Train one GAN: one method, one pair of learning rates, one seed."""
    from showergan.device import choose_device
    from showergan.showers import dataset
    from showergan.training import snapshots as files
    from showergan.training.loop import Trainer, training_tensors
    from showergan.training.progress import Progress
    from showergan.training.provenance import provenance

    settings, chosen = parse_recipe(TrainingRecipe, recipe), choose_device(device)
    trainer = Trainer(*training_tensors(dataset.load(showers, "train"), chosen), settings)
    start = time.perf_counter()
    result = trainer.run(Progress(sys.stderr))
    frame = result.history.frame()
    seconds = time.perf_counter() - start
    attributes = dataset.attributes(showers)
    write_table(frame, history)
    write_table(trainer.lipschitz(), lipschitz)
    write_json(
        {
            "recipe": settings.model_dump(mode="json"),
            "n_train": len(trainer.images),
            "generator_steps": result.n_steps,
            "discriminator_steps": result.n_steps * settings.n_critic,
            "parameters": {
                "generator": count_parameters(trainer.generator),
                "discriminator": count_parameters(trainer.discriminator),
            },
            "seconds": round(seconds, 2),
            "source_sha256": attributes["source_sha256"],
            **provenance(chosen),
        },
        run,
    )
    files.save(result.snapshots, snapshots)


@app.command()
def audit(showers: Input, recipe: Recipe, out: Output, device: Device = "auto") -> None:
    """Measure how far changes of the discriminator's scale change the direction of its training."""
    from showergan.device import choose_device
    from showergan.showers import dataset
    from showergan.training.loop import training_tensors
    from showergan.training.scale_audit import scale_audit

    settings, chosen = parse_recipe(AuditRecipe, recipe), choose_device(device)
    tensors = training_tensors(dataset.load(showers, "train"), chosen)
    write_table(scale_audit(*tensors, settings), out)


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

    from showergan.device import choose_device
    from showergan.evaluation.generated import evaluate as score
    from showergan.evaluation.reference import load_reference
    from showergan.evaluation.summary import scores_over_epochs
    from showergan.networks.embedding import load_embedding
    from showergan.training.snapshots import load

    settings, chosen = parse_recipe(Evaluation, recipe), choose_device(device)

    def show(epoch: int, table: Any) -> None:
        test = scores_over_epochs(table[table["split"] == "test"])
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
    from showergan.evaluation.file import evaluate_file as score
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


@app.command()
def summarise(
    metrics: Annotated[list[Path], typer.Argument(help="metrics.csv of every run")],
    anchors: Input,
    recipe: Recipe,
    out: Output,
    grid: Output,
) -> None:
    """Gather all runs into one row per run and score, and choose each method's learning rates."""
    import pandas as pd

    from showergan.evaluation.summary import learning_rate_grid, run_of
    from showergan.evaluation.summary import summarise as gather

    choose_by = parse_recipe(SummaryRecipe, recipe).choose_by
    runs = [(run_of(path), path) for path in metrics]
    summary = gather(runs, pd.read_csv(anchors, dtype={"bin": str}), choose_by)
    write_table(learning_rate_grid(summary, choose_by), grid)
    write_table(summary, out)


@app.command()
def scorecard(
    metrics: Annotated[list[Path], typer.Argument(help="metrics.csv of every run")],
    anchors: Input,
    summary: Input,
    recipe: Recipe,
    out: Output,
    agreement: Output,
    failures: Output,
) -> None:
    """Judge every run by every metric at its chosen epoch; count failures, and agreement between metrics."""
    import pandas as pd

    from showergan.evaluation.failures import failures as failures_of
    from showergan.evaluation.rank_agreement import rank_agreement
    from showergan.evaluation.scorecard import read_runs
    from showergan.evaluation.scorecard import scorecard as judge
    from showergan.evaluation.summary import run_of

    choose_by = parse_recipe(SummaryRecipe, recipe).choose_by
    inputs = (
        read_runs([(run_of(path), path) for path in metrics]),
        pd.read_csv(anchors, dtype={"bin": str}),
        pd.read_csv(summary),
        choose_by,
    )
    card = judge(*inputs)
    write_table(rank_agreement(card), agreement)
    write_table(failures_of(*inputs), failures)
    write_table(card, out)


@app.command()
def verdicts(summary: Input, out: Output, baseline: str = "sn") -> None:
    """Test every method against a baseline over paired seeds."""
    import pandas as pd

    from showergan.evaluation.verdicts import verdicts as decide

    write_table(decide(pd.read_csv(summary), baseline), out)


@app.command()
def describe(recipe: Recipe, out: Output) -> None:
    """Write the layers, shapes and parameter counts of the networks, from the live modules."""
    from showergan.networks.describe import architectures

    write_table(architectures(parse_recipe(DescribeRecipe, recipe).discriminator), out)


@app.command()
def schema() -> None:
    """Print the JSON schema of the configuration as YAML."""
    import yaml

    print(yaml.safe_dump(Config.model_json_schema(), sort_keys=False, allow_unicode=True), end="")


def count_parameters(module: Any) -> int:
    """Return the number of trained numbers of a network."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def write_table(frame: Any, path: Path) -> None:
    """Write a data frame as CSV."""
    with write_aside(path) as aside:
        frame.to_csv(aside, index=False)


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a dictionary as indented JSON."""
    with write_aside(path) as aside:
        aside.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
