"""A run of points in a plane whose jobs do next to nothing, for benchmarks of what stands around the work."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config

CONFIG = parse_config(
    {
        **yaml.safe_load(
            (Path(__file__).parents[1] / "experiments/toys.yaml").read_text(encoding="utf-8")
        ),
        "data": {"source": "gaussians_8", "n_points": 512},
        "training": {
            "generator": {"kind": "perceptron", "width": 8},
            "discriminator": {"kind": "perceptron", "width": 8},
            "epochs": 2,
            "evaluate": {"first": 1, "every": 1},
            "batch_size": 64,
            "record_every": 1,
            "seeds": [1],
        },
        "evaluation": {"clusters": 3, "repeats": 2},
    }
)
METHOD = {"architecture": "perceptron_3x8", "method": "sn", "rates": "0.0005_0.002", "seed": "1"}


@dataclass(frozen=True)
class Used:
    """What a command used: seconds of a core, seconds by the clock, peak memory in MB."""

    cpu: float
    wall: float
    memory: float

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.cpu:.1f} s of a core, {self.wall:.1f} s by the clock, {self.memory:.0f} MB"


def run(*arguments: object) -> Used:
    """Run the command line in a process of its own."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        command = [str(Path(sys.executable).with_name("showergan")), *map(str, arguments)]
        process = subprocess.Popen(command, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        said.seek(0)
        if status:
            sys.exit(said.read())
    return Used(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / 1e6)


def recipe(step: str, **wildcards: str) -> tuple[str, str]:
    """Return the option with the recipe of a step."""
    return "--recipe", RECIPES[step].of(CONFIG, **wildcards).canonical()


def make(folder: Path) -> dict[str, Used]:
    """Make data set, reference, one training and its evaluation; return what each used."""
    train, evaluate = (folder / step / Path(*METHOD.values()) for step in ("train", "evaluate"))
    train, evaluate = (p.with_name(f"seed{p.name}") for p in (train, evaluate))
    data, reference = folder / "toys.h5", folder / "features.h5"
    outputs = {
        "train": {"generator": "generator.pt", "history": "history.csv", "run": "run.json"},
        "evaluate": {"metrics": "metrics.csv", "curves": "curves.csv", "examples": "examples.npz"},
    }
    outputs["train"]["lipschitz"] = "lipschitz.csv"

    def options(step: str, home: Path) -> list[object]:
        named = [(f"--{name}", home / file) for name, file in outputs[step].items()]
        return [word for option in named for word in option]

    ends = ("--anchors", folder / "anchors.csv", "--curves", folder / "anchor_curves.csv")
    generator = ("--generator", train / "generator.pt")
    return {
        "make-data": run("make-data", *recipe("make_data"), "--out", data),
        "train": run("train", "--data", data, *recipe("train", **METHOD), *options("train", train)),
        "reference": run(
            "reference", "--data", data, *recipe("reference"), "--out", reference, *ends
        ),
        "evaluate": run(
            *("evaluate", *generator, "--reference", reference, *recipe("evaluate")),
            *options("evaluate", evaluate),
        ),
    }
