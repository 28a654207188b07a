"""All steps of the pipeline on a few showers, through the command line and without Snakemake.

The embedding and the generators that are evaluated and compared have weights by formula, not those that were trained: a
training amplifies the last digit, in which machines differ, and all that follows it would.

`python tests/unit/steps.py` writes golden.json anew, after a change of numbers that is meant and has its new version.
A number is kept with how far it may be off: three times what it moved by at most when the showers were changed by a
few millionths, tens of times the rounding of single precision, or when other kernels computed it (`KERNELS`).
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.networks import PerceptronGenerator
from showergan.config.recipes.found import RECIPES
from showergan.evaluation import generator as generator_file
from showergan.evaluation.generator import load_generator
from showergan.tasks.data_set import SPLITS
from showergan.tasks.found import of_file
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding
from showergan.tasks.showers.shower_file import ShowerFile, write_npz

N = 240
N_SPLIT = {"train": 120, "select": 60, "test": 60}
GOLDEN = Path(__file__).with_name("golden.json")

DATA = {"n_showers": N, "seed": 3}
EMBEDDING = {"epochs": 2, "batch_size": 16}
RATES = {"generator": 1e-4, "discriminator": 1e-4}
SN_1 = "small/sn/0.0001_0.0001/seed1"  # the training looked at
SMALL = {"discriminator": {"kind": "shower_discriminator", "size": "small"}}
TRAINING = {
    "seed": 1,
    "method": {"normaliser": {"kind": "spectral_norm"}},
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
METHODS = ("none", "sn")
SEEDS = (1, 2)
N_UNITS = 40
SPREADS = {"none": (0.5, 0.8), "sn": (0.8, 1.0)}  # of the generators by formula, by epoch
EVALUATION = {"clusters": 4, "repeats": 2, "partition": {"kind": "quantiles", "bins": [2, 1]}}
CHOICE = {"choose_by": "bins-P"}

# Settings under which libraries compute as on other processors, where a machine can.
KERNELS = {
    "avx2, one thread": {
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
        "OMP_NUM_THREADS": "1",
    },
    "avx2, two threads": {
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Zen",
        "OMP_NUM_THREADS": "2",
    },
    "oldest": {
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_CBWR": "COMPATIBLE",
    },
}
N_CHANGED, CHANGE = 8, 3e-6
TIMES, ROUNDING = 3, 1e-6

# Steps without a golden value, and why they need none.
WITHOUT_GOLDEN = {
    "fetch": "changes no byte of what it downloads; test_remote.py",
    "loss_meaning": "test_loss_meaning.py has its numbers by hand",
    "take_embedding": "copies a file whose SHA-256 is in its recipe; tests/workflow/test_published_trainings.py",
    "unpack": "copies the numbers of a table as they are; test_published_runs.py",
    "sample": "copies a file whose SHA-256 is in its recipe; test_geant4.py",
    "simulate_geant4": "steps of Geant4 round otherwise elsewhere; test_geant4.py has physics and repeats",
    "make_data": "writes data of other tasks than showers; test_tasks.py",
    "audit": "150 steps of five trainings take too long; test_scale_audit.py has golden numbers of a few",
    "evaluate_file": "a person starts it, so nothing re-runs; its metrics are those of `reference` and `evaluate`",
}


def run(command, *paths, recipe, **files):
    """Run one subcommand; options that name files are keywords."""
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    arguments = [command, *map(str, paths), *options, "--recipe", json.dumps(recipe)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output


def run_all(source, folder, methods=METHODS, seeds=SEEDS):
    """Run every step with a golden value on the showers of an npz file; return the folder of the results."""
    showers, model, reference = (folder / name for name in ("showers.h5", "model.pt", "real.h5"))
    anchors = folder / "anchors.csv"
    run("preprocess", source=source, out=showers, recipe={})
    files = {"metrics": folder / "embedding.json", "predictions": folder / "predictions.csv"}
    run("train-embedding", data=showers, out=folder / "trained.pt", **files, recipe=EMBEDDING)
    save_model(model)
    real = {"out": reference, "anchors": anchors, "curves": folder / "real_curves.csv"}
    run("reference", data=showers, embedding=model, **real, recipe=EVALUATION)
    run("describe", data=showers, out=folder / "describe.csv", recipe=SMALL)
    train(folder, showers)
    data = (folder, showers, model, reference)
    metrics = [evaluate(*data, *key) for key in product(methods, seeds)]
    summary, grid, card = (folder / f"{n}.csv" for n in ("summary", "grid", "scorecard"))
    summarised(metrics, anchors, summary, grid)
    judged = {name: folder / f"{name}.csv" for name in ("agreement", "failures")}
    seen = {"anchors": anchors, "summary": summary}
    run("scorecard", *metrics, **seen, out=card, **judged, recipe=CHOICE)
    verdicts = folder / "verdicts.csv"
    tested = {"summary": summary, "grid": grid, "out": verdicts}
    tested |= {"scorecard": card, "failures": judged["failures"]}
    tested |= {name: folder / f"{name}.csv" for name in ("ranks", "robustness")}
    against_sn = {"baseline": "sn", "null": "sn_null"}
    run("verdicts", **tested, recipe=against_sn)
    claimed = {"summary": summary, "scorecard": card, "failures": judged["failures"]}
    claimed |= {name: folder / f"{name}.csv" for name in ("protocol", "order")}
    claim = {"says": "SN helps.", "method": "sn", "than": "none"}
    tested = against_sn | {"claims": {"sn_helps": claim}, "seeds": 1}
    run("claims", **claimed, out=folder / "claims.csv", recipe=tested)
    held = {"scorecard": card, "failures": judged["failures"], "anchors": anchors}
    acceptance = {"bounded": ["sn"], "fewest": 10}
    counted = {"out": folder / "outcomes.csv", "successes": folder / "successes.csv"}
    failed = {"failures": judged["failures"]}
    run("outcomes", summary=summary, **failed, **counted, recipe=CHOICE)
    run("acceptance", **held, out=folder / "acceptance.csv", recipe=acceptance)
    return folder


def summarised(metrics, anchors, summary, grid, choice=CHOICE):
    """Choose among the learning rates of runs, and summarise the same."""
    run("choose", *metrics, out=grid, recipe=choice)
    run("summarise", *metrics, anchors=anchors, grid=grid, out=summary, recipe={})


def train(folder, showers):
    """Train the generator looked at, in the folder that the workflow uses."""
    trained = folder / "train" / SN_1
    trained.mkdir(parents=True)
    files = {name: trained / f"{name}.csv" for name in ("history", "lipschitz")}
    files |= {"generator": trained / "generator.pt", "run": trained / "run.json"}
    run("train", data=showers, **files, recipe=TRAINING)


def evaluate(folder, showers, model, reference, method, seed):
    """Evaluate a generator by formula; return its metrics.csv, in the folder that the workflow uses."""
    evaluated = folder.joinpath("evaluate", "small", method, "0.0001_0.0001", f"seed{seed}")
    evaluated.mkdir(parents=True)
    generator = evaluated / "generator.pt"
    save_generator(generator, folder / "train" / SN_1 / "generator.pt", showers, method, seed)
    scored = {name: evaluated / f"{name}.csv" for name in ("metrics", "curves")}
    scored["examples"] = evaluated / "examples.npz"
    inputs = {"generator": generator, "embedding": model, "reference": reference}
    run("evaluate", **inputs, **scored, recipe=EVALUATION | CHOICE)
    return scored["metrics"]


def save_model(path):
    """Save an embedding of random weights, for images of tens of MeV."""
    regressor, random = EmbeddingRegressor(), np.random.default_rng(1)
    state = regressor.state_dict()
    for name, value in state.items():
        if value.ndim > 1:
            drawn = random.normal(size=value.shape) * (2 / value[0].numel()) ** 0.5
            state[name] = torch.tensor(drawn).float()
        elif name.endswith("bias"):
            state[name] = torch.zeros_like(value)
    state["features.1.running_var"] *= 1e3
    regressor.load_state_dict(state)
    save_embedding(regressor, path)


def save_generator(path, trained, data, method, seed):
    """Save a generator like a trained one, but for its weights.

    Of each epoch it adds to the mean training shower the differences of others from it, each as often as a random unit
    of noise and conditions says.
    """
    description = load_generator(trained).description
    network = PerceptronGenerator(noise_size=4, width=N_UNITS, depth=1)
    images, given = of_file(data).training_set(data, "scaled", torch.device("cpu"))[:2]
    flat = images.flatten(1).double().numpy()
    mean = flat.mean(0)
    random = np.random.default_rng([seed, *method.encode()])
    into = np.concatenate(
        [random.normal(size=(N_UNITS, 4)), 0.2 * random.normal(size=(N_UNITS, given.shape[1]))], 1
    )
    states = {}
    for epoch, spread in enumerate(SPREADS[method], 1):
        out = spread * (flat[:N_UNITS] - mean) / N_UNITS**0.5
        state = {
            "body.0.weight": into,
            "body.0.bias": np.zeros(N_UNITS),
            "body.2.weight": out.T,
            "body.2.bias": mean,
        }
        states[epoch] = {name: torch.tensor(value).float() for name, value in state.items()}
    generator_file.save_generator(description.model_copy(update={"network": network}), states, path)


def write_source(path, *, replaced=None, changed=None):
    """Write the npz source.

    Args:
        path: of the file.
        replaced: split whose showers are others, particles and all.
        changed: seed of random changes by a few millionths to everything.
    """
    showers = next(gflash.simulate(N, DATA["seed"]))
    if changed is not None:
        random = np.random.default_rng(changed)
        moved = {
            name: (value * (1 + CHANGE * random.normal(size=value.shape))).astype(value.dtype)
            for name in ("energy", "point", "momentum")
            for value in [getattr(showers, name)]
        }
        showers = replace(showers, **moved)
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
        "choose": digest(folder / "grid.csv"),
        "summarise": digest(folder / "summary.csv"),
        "verdicts": digest(folder / "verdicts.csv"),
        "claims": digest(folder / "claims.csv") | digest(folder / "protocol.csv"),
        "scorecard": digest(folder / "scorecard.csv"),
        "acceptance": digest(folder / "acceptance.csv"),
        "outcomes": digest(folder / "outcomes.csv") | digest(folder / "successes.csv"),
    }


def found(changed=None):
    """Run every step in a folder of its own; return the digests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_source(folder / "source.npz", changed=changed)
        return digests(run_all(source, folder), source)


def found_with(kernels):
    """Return the digests that another process finds."""
    command = [sys.executable, __file__, "print"]
    environment = {**os.environ, **kernels}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def golden(plain, others):
    """Return each step's version, its numbers, and how far each may be off."""
    return {
        step: {
            "version": RECIPES[step].version,
            "numbers": numbers,
            "within": {
                name: float(
                    f"{TIMES * max(abs(o[step][name] - n) for o in others) + ROUNDING * abs(n):.2g}"
                )
                for name, n in numbers.items()
            },
        }
        for step, numbers in plain.items()
    }


def main():
    """Write golden.json; or print the digests."""
    plain = found()
    if sys.argv[1:] == ["print"]:
        print(json.dumps(plain))
        return
    others = [found(changed) for changed in range(N_CHANGED)]
    others += map(found_with, KERNELS.values())
    GOLDEN.write_text(json.dumps(golden(plain, others), indent=1) + "\n")


if __name__ == "__main__":
    main()
