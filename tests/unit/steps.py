"""All steps of the pipeline on a few showers, through the command line and without Snakemake.

`python tests/unit/steps.py` writes golden.json anew, after a change of numbers that is meant and has its new version.

A number in golden.json has the tolerance that its own spread asks for, and no chaos before it: one training is so
short that rounding stays rounding, and what follows a training gets one that moves nothing, and tables with values
of no training. The spread is that over kernels of other CPUs, and over showers whose energies differ by `NUDGE`: a
CPU that nobody has seen rounds by less.
"""

import json
import os
import re
import subprocess
import sys
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

STILL = 1e-12  # learning rate of what moves nothing
SHORT = {"epochs": 1, "batch_size": 60, "evaluated_epochs": [1]}  # two steps

# Settings under which a step runs as on another CPU.
CPUS = {
    "this one": {},
    "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"},
    "SSE": {
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
        "ATEN_CPU_CAPABILITY": "default",
    },
}
NUDGE = 1e-6  # relative
N_NUDGED = 3
MARGIN = 10  # spreads that a tolerance is
ROUNDING = 1e-5  # relative, of a number without spread
LARGEST_TOLERANCE = 0.03  # relative; a number of a wider one is not kept, for it would tell nothing

# Steps without a golden value, and why they need none.
WITHOUT_GOLDEN = {
    "fetch": "changes no byte of what it downloads; test_remote.py",
    "loss_meaning": "test_loss_meaning.py has its numbers by hand",
    "make_data": "writes data of other tasks than showers; test_tasks.py",
    "audit": "150 steps of five trainings take too long; test_scale_audit.py has golden numbers of a few",
    "evaluate_file": "a person starts it, so nothing re-runs; its metrics are those of `reference` and `evaluate`",
}


def training(method, seed, still=False):
    return {
        "seed": seed,
        "method": METHODS[method],
        **SMALL,
        "learning_rates": dict.fromkeys(RATES, STILL) if still else RATES,
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


def run_all(source, folder, methods=tuple(METHODS), seeds=SEEDS, still=False):
    """Run every step with a golden value on the showers of an npz file; return the folder of the results.

    Args:
        source: the npz file.
        folder: of the results.
        methods: to train.
        seeds: of each.
        still: trainings move nothing, and what compares them gets tables with values of no training.
    """
    showers, model, reference = (folder / name for name in ("showers.h5", "model.pt", "real.h5"))
    anchors = folder / "anchors.csv"
    run("preprocess", source=source, out=showers, recipe={})
    files = {"metrics": folder / "embedding.json", "predictions": folder / "predictions.csv"}
    run(
        "train-embedding",
        data=showers,
        out=model,
        **files,
        recipe=EMBEDDING | ({"learning_rate": STILL} if still else {}),
    )
    real = {"out": reference, "anchors": anchors, "curves": folder / "real_curves.csv"}
    run("reference", data=showers, embedding=model, **real, recipe=EVALUATION)
    run("describe", data=showers, out=folder / "describe.csv", recipe=SMALL)
    trained = product(methods, seeds)
    metrics = [one(folder, showers, model, reference, *key, still) for key in trained]
    if still:
        for place, path in enumerate((anchors, *metrics)):
            known(path, place)
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


def known(path, place):
    """Put values of no training into a table of metrics, by their row and the table's place; keep it as it was too."""
    table = pd.read_csv(path, dtype={"bin": str})
    table.to_csv(measured(path), index=False)
    row = np.arange(len(table))
    for name, scale in {"value": 0.4, "sd": 0.02, "event_sd": 0.01, "spread": 0.01}.items():
        if name in table:
            table[name] = scale * (1.1 + np.sin(0.7 * row + 1.3 * place))
    table["flagged"] = (row + place) % 9 == 0
    table.to_csv(path, index=False)


def measured(path):
    """Return where the table that `known` changed is as it was."""
    return path.with_suffix(".measured.csv")


def one(folder, showers, model, reference, method, seed, still=False):
    """Train and evaluate one generator; return its metrics.csv, in the folders that the workflow uses."""
    parts = ("small", method, "0.001_0.0003", f"seed{seed}")
    trained, evaluated = (folder.joinpath(step, *parts) for step in ("train", "evaluate"))
    trained.mkdir(parents=True)
    evaluated.mkdir(parents=True)
    files = {name: trained / f"{name}.csv" for name in ("history", "lipschitz")}
    files |= {"generator": trained / "generator.pt", "run": trained / "run.json"}
    run("train", data=showers, **files, recipe=training(method, seed, still))
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


def golden_run(source, folder):
    """Run every step with a golden value, with no chaos before it; return the digest of each result."""
    still = run_all(source, folder, still=True)
    with ShowerFile(source) as showers:
        simulated = float(sum(chunk.energy.sum() for chunk in showers.showers(N, "error", "")))
    attributes = dataset.attributes(still / "showers.h5")
    moved = {name: still / f"moved_{name}" for name in ("out", "metrics", "predictions")}
    run("train-embedding", data=still / "showers.h5", **moved, recipe=EMBEDDING)
    trained = {
        name: still / f"moved_{name}" for name in ("history", "lipschitz", "generator", "run")
    }
    run("train", data=still / "showers.h5", **trained, recipe=training("sn", 1) | SHORT)
    return {
        "simulate": {"energy_MeV": simulated},
        "preprocess": {name: attributes[name] for name in ("shower_depth_cm", "n_train")},
        "train_embedding": digest(moved["predictions"]),
        "reference": digest(measured(still / "anchors.csv")),
        "train": digest(trained["history"]) | digest(trained["lipschitz"]),
        "describe": digest(still / "describe.csv"),
        "evaluate": digest(measured(still / "evaluate" / SN_1 / "metrics.csv")),
        "summarise": digest(still / "summary.csv"),
        "verdicts": digest(still / "verdicts.csv"),
        "scorecard": digest(still / "scorecard.csv"),
        "bars": digest(still / "bars.csv"),
        "outcomes": digest(still / "outcomes.csv") | digest(still / "successes.csv"),
    }


def nudged(source, path, seed):
    """Write the showers of an npz file with energies that differ from theirs by `NUDGE`."""
    with np.load(source) as file:
        arrays = dict(file)
    random = np.random.default_rng(seed)
    energy = arrays["EnergyDeposit"]
    arrays["EnergyDeposit"] = (energy * (1 + NUDGE * random.standard_normal(energy.shape))).astype(
        energy.dtype
    )
    np.savez(path, **arrays)
    return path


def run_elsewhere(settings, seed=None):
    """Return the digests of a process with other settings of the environment, of nudged showers where a seed is given."""
    words = [sys.executable, __file__, "--print", *([] if seed is None else [str(seed)])]
    done = subprocess.run(words, env=os.environ | settings, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def tolerance(value, others):
    """Return the tolerance of a number that other runs have, too; None where it would tell nothing."""
    spread = max(abs(other - value) for other in others)
    wide = MARGIN * spread + ROUNDING * abs(value)
    return wide if wide <= LARGEST_TOLERANCE * abs(value) or not value else None


def main(*arguments):
    """Print the digests of a run, or write golden.json."""
    if arguments:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = write_source(folder / "source.npz")
            if seeds := arguments[1:]:
                source = nudged(source, folder / "nudged.npz", int(seeds[0]))
            print(json.dumps(golden_run(source, folder)))
        return
    ours, *others = [run_elsewhere(settings) for settings in CPUS.values()]
    others += [run_elsewhere({}, seed) for seed in range(N_NUDGED)]
    golden = {}
    for step, found in ours.items():
        kept = {}
        for name, value in found.items():
            within = tolerance(value, [other[step][name] for other in others])
            if within is None:
                print(f"{step} {name} = {value} is not kept: it spreads too far", file=sys.stderr)
            else:
                kept[name] = [value, float(f"{within:.2g}")]
        golden[step] = {"version": STEPS[step].version, "numbers": kept}
    text = re.sub(
        r"\[\s+(\S+),\s+(\S+)\s+\]", r"[\1, \2]", json.dumps(golden, indent=1)
    )  # one a line
    GOLDEN.write_text(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
