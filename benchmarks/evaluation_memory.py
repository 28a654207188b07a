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

from small_showers import data_set, embedding, generator


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
        folder, n = Path(name), options.showers
        data, reference = data_set(folder, n), folder / "features.h5"
        shared = ("--embedding", embedding(folder / "model.pt"), "--device", "cpu")
        ends = ("--anchors", folder / "anchors.csv", "--curves", folder / "ends.csv")
        given = ("--data", data, "--out", reference, "--recipe", "{}")
        steps = {"reference": ("reference", *given, *shared, *ends)}
        for count in options.epochs:
            path = generator(folder / f"{count}.pt", range(1, count + 1))
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
