"""All steps of the pipeline on a few showers, through the command line and without Snakemake.

`python tests/unit/steps.py` writes golden.json anew, after a change of numbers that is meant and has its new version.
"""

import json
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from showergan.cli import app
from showergan.steps import STEPS
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.shower_file import ShowerFile
from showergan.tasks.showers.written import write_npz
from showergan.tasks.splits import SPLITS

N = 240
N_SPLIT = {"train": 120, "select": 60, "test": 60}
GOLDEN = Path(__file__).with_name("golden.json")

DATA = {"n_showers": N, "seed": 3}
EMBEDDING = {"epochs": 2, "batch_size": 16}
SN_1 = "small/sn/0.001_0.0003/seed1"  # the training looked at
SMALL = {"discriminator": {"kind": "shower_discriminator", "size": "small"}}
METHODS = {"none": {}, "sn": {"normaliser": {"kind": "spectral_norm"}}}
SEEDS = (1, 2)
RATES = {"generator": 1e-3, "discriminator": 3e-4}
EVALUATION = {"clusters": 4, "repeats": 2, "partition": {"kind": "quantiles", "bins": [2, 1]}}
CHOICE = {"choose_by": "bins-P"}

# Steps without a golden value, and why they need none.
WITHOUT_GOLDEN = {
    "fetch": "changes no byte of what it downloads; test_remote.py",
    "loss_meaning": "test_loss_meaning.py has its numbers by hand",
    "make_data": "writes data of other tasks than showers; test_tasks.py",
    "audit": "150 steps of five trainings take too long; test_scale_audit.py has golden numbers of a few",
    "evaluate_file": "a person starts it, so nothing re-runs; its metrics are those of `reference` and `evaluate`",
}


def training(method, seed):
    return {
        "seed": seed,
        "method": METHODS[method],
        **SMALL,
        "learning_rates": RATES,
        "epochs": 2,
        "batch_size": 40,
        "n_critic": 1,
        "evaluated_epochs": [1, 2],
        "record_every": 1,
        "conditions": "scaled",
        "generator_average": 0.5,
    }


def run(command, *paths, recipe, **files):
    """Run one subcommand; options that name files are keywords."""
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    arguments = [command, *map(str, paths), *options, "--recipe", json.dumps(recipe)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output


def run_all(source, folder, methods=tuple(METHODS), seeds=SEEDS):
    """Run every step with a golden value on the showers of an npz file; return the folder of the results."""
    showers, model, reference = (folder / name for name in ("showers.h5", "model.pt", "real.h5"))
    anchors = folder / "anchors.csv"
    run("preprocess", source=source, out=showers, recipe={})
    files = {"metrics": folder / "embedding.json", "predictions": folder / "predictions.csv"}
    run("train-embedding", data=showers, out=model, **files, recipe=EMBEDDING)
    real = {"out": reference, "anchors": anchors, "curves": folder / "real_curves.csv"}
    run("reference", data=showers, embedding=model, **real, recipe=EVALUATION)
    run("describe", data=showers, out=folder / "describe.csv", recipe=SMALL)
    metrics = [one(folder, showers, model, reference, *key) for key in product(methods, seeds)]
    summary, grid, card = (folder / f"{n}.csv" for n in ("summary", "grid", "scorecard"))
    run("summarise", *metrics, anchors=anchors, out=summary, grid=grid, recipe=CHOICE)
    judged = {name: folder / f"{name}.csv" for name in ("agreement", "failures")}
    seen = {"anchors": anchors, "summary": summary}
    run("scorecard", *metrics, **seen, out=card, **judged, recipe=CHOICE)
    verdicts = folder / "verdicts.csv"
    tested = {"summary": summary, "grid": grid, "out": verdicts}
    tested |= {name: folder / f"{name}.csv" for name in ("ranks", "robustness")}
    run("verdicts", **tested, recipe={"baseline": "sn", "null": "sn_null"})
    held = {"scorecard": card, "failures": judged["failures"], "anchors": anchors}
    bars = {"bounded": ["sn"], "fewest": 10}
    counted = {"out": folder / "outcomes.csv", "successes": folder / "successes.csv"}
    failed = {"failures": judged["failures"]}
    run("outcomes", summary=summary, **failed, **counted, recipe=CHOICE)
    run("bars", **held, verdicts=verdicts, out=folder / "bars.csv", recipe=bars)
    return folder


def one(folder, showers, model, reference, method, seed):
    """Train and evaluate one generator; return its metrics.csv, in the folders that the workflow uses."""
    parts = ("small", method, "0.001_0.0003", f"seed{seed}")
    trained, evaluated = (folder.joinpath(step, *parts) for step in ("train", "evaluate"))
    trained.mkdir(parents=True)
    evaluated.mkdir(parents=True)
    files = {name: trained / f"{name}.csv" for name in ("history", "lipschitz")}
    files |= {"generator": trained / "generator.pt", "run": trained / "run.json"}
    run("train", data=showers, **files, recipe=training(method, seed))
    scored = {name: evaluated / f"{name}.csv" for name in ("metrics", "curves")}
    scored["examples"] = evaluated / "examples.npz"
    inputs = {"generator": files["generator"], "embedding": model, "reference": reference}
    run("evaluate", **inputs, **scored, recipe=EVALUATION | CHOICE)
    return scored["metrics"]


def write_source(path, *, replaced=None):
    """Write the npz source; the showers of the split `replaced` are others, particles and all."""
    showers = next(gflash.simulate(N, DATA["seed"]))
    if replaced:
        others = next(gflash.simulate(N, DATA["seed"] + 1))
        code = SPLITS[replaced]
        there = dataset.assign_splits(N, "permutation", 2023) == code
        mixed = {}
        for name in ("energy", "point", "momentum"):
            mixed[name] = getattr(showers, name).copy()
            mixed[name][there] = getattr(others, name)[there]
        showers = replace(showers, **mixed)
    write_npz(path, N, iter([showers]))
    return path


def digest(path):
    """Return a few numbers that change when a result does."""
    table = pd.read_csv(path, dtype={"bin": str})
    if "metric" in table:
        return table.groupby("metric")["value"].apply(size).to_dict()
    return {name: size(column) for name, column in table.select_dtypes("number").items()}


def size(values):
    """Return a number of the size of finite values, blind to their order; those that are not count."""
    finite = np.isfinite(values)
    return float(np.log1p(np.abs(values[finite])).sum() + (~finite).sum())


def digests(folder, source):
    """Return the digest of each step's result."""
    trained = folder / "train" / SN_1
    with ShowerFile(source) as showers:
        simulated = float(sum(chunk.energy.sum() for chunk in showers.showers(N, "error", "")))
    attributes = dataset.attributes(folder / "showers.h5")
    return {
        "simulate": {"energy_MeV": simulated},
        "preprocess": {name: attributes[name] for name in ("shower_depth_cm", "n_train")},
        "train_embedding": digest(folder / "predictions.csv"),
        "reference": digest(folder / "anchors.csv"),
        "train": digest(trained / "history.csv") | digest(trained / "lipschitz.csv"),
        "describe": digest(folder / "describe.csv"),
        "evaluate": digest(folder / "evaluate" / SN_1 / "metrics.csv"),
        "summarise": digest(folder / "summary.csv"),
        "verdicts": digest(folder / "verdicts.csv"),
        "scorecard": digest(folder / "scorecard.csv"),
        "bars": digest(folder / "bars.csv"),
        "outcomes": digest(folder / "outcomes.csv") | digest(folder / "successes.csv"),
    }


def main():
    """Write golden.json."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_source(folder / "source.npz")
        found = digests(run_all(source, folder), source)
    golden = {s: {"version": STEPS[s].version, "numbers": n} for s, n in found.items()}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
