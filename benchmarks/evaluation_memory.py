"""Measure the memory of an evaluation: its size, and that it does not grow with the epochs.

Simulates showers, makes a reference of them with an untrained embedding (its size is what counts)
and evaluates untrained generators, each step in a process of its own.

    python benchmarks/evaluation_memory.py
    python benchmarks/evaluation_memory.py --showers 20000 --epochs 1 2
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from showergan.config.networks import ShowerGenerator
from showergan.evaluation.generator import conditions_of, description_of, save_generator
from showergan.networks.base import build, state_of
from showergan.tasks.found import TASKS
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding


def run(*arguments: object) -> tuple[float, float]:
    """Run the command line; return its peak memory in GB and its time in seconds."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "showergan.cli", *map(str, arguments)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"showergan {arguments[0]} failed")
    return usage.ru_maxrss * 1024 / 1e9, time.perf_counter() - start


def main() -> None:
    """Print a line per step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--showers", type=int, default=240_000, help="a quarter of them is the test split"
    )
    parser.add_argument("--epochs", type=int, nargs="+", default=[1, 3])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, model, reference = (folder / f for f in ("s.h5", "model.pt", "features.h5"))
        n = options.showers
        run("simulate", "--recipe", f'{{"n_showers": {n}}}', "--out", folder / "s.npz")
        run("preprocess", "--source", folder / "s.npz", "--recipe", "{}", "--out", data)
        (folder / "s.npz").unlink()
        torch.manual_seed(0)
        save_embedding(EmbeddingRegressor(), model)
        shared = ("--embedding", model, "--device", "cpu")
        ends = ("--anchors", folder / "anchors.csv", "--curves", folder / "ends.csv")
        given = ("--data", data, "--out", reference, "--recipe", "{}")
        steps = {"reference": ("reference", *given, *shared, *ends)}
        network = ShowerGenerator()
        task = TASKS["showers"]
        description = description_of(task)(
            network=network,
            conditions=conditions_of(task, np.zeros((1, len(task.condition_names)), np.float32)),
            conditioning=Conditioning(),
            average=None,
            provenance={},
        )
        for count in options.epochs:
            path = folder / f"{count}.pt"
            states = {e: state_of(build(network, (1, 30, 30), 7)) for e in range(1, count + 1)}
            save_generator(description, states, path)
            outputs = [("--" + out, folder / out) for out in ("metrics", "curves", "examples")]
            steps[f"evaluate, {count} epochs"] = (
                *("evaluate", "--generator", path, "--reference", reference, *shared),
                *("--recipe", '{"choose_by": "bins-E"}'),
                *(word for pair in outputs for word in pair),
            )
        print(f"{n // 4} showers each in select and test", flush=True)
        for step, arguments in steps.items():
            memory, seconds = run(*arguments)
            print(f"{step:22} {memory:5.2f} GB {seconds:6.0f} s", flush=True)


if __name__ == "__main__":
    main()
