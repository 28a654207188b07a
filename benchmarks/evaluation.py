"""Compare the CPU time and the tables of an evaluation by this checkout with those by another.

Evaluates one generator of a finished run by both, each time in a process of its own, one after the other in turn. The
ratio is the median over the pairs; the seconds are the least, which other work on the machine disturbs least.

    python benchmarks/evaluation.py --before ../before
    python benchmarks/evaluation.py --before ../before --run results/default --pairs 9
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[1]
START = ["-c", "import showergan.cli.steps.evaluation"]


def cpu_seconds(checkout: Path, arguments: list[str]) -> float:
    """Run Python with a checkout's package; return user and system time of the process in seconds."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"in {checkout} failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def evaluation_of(run: Path, generator: Path, out: Path) -> list[str]:
    """Return the arguments of Python that evaluate a generator of a run as the run did, into a folder."""
    done = run / "evaluate" / generator.parent.relative_to(run / "train")
    arguments = {
        "generator": generator,
        "reference": run / "reference/features.h5",
        "recipe": done / "recipe.json",
        **{name: out / f"{name}.csv" for name in ("metrics", "curves")},
        "examples": out / "examples.npz",
        "device": "cpu",
    }
    if (model := run / "embedding/model.pt").exists():
        arguments["embedding"] = model
    options = (word for name, value in arguments.items() for word in (f"--{name}", str(value)))
    return ["-m", "showergan.cli", "evaluate", *options]


def difference(before: Path, now: Path) -> str:
    """Say whether two tables or arrays are equal, and if not by how much their numbers differ."""
    if before.read_bytes() == now.read_bytes():
        return "the same bytes"
    if before.suffix == ".npz":
        return "not the same bytes"
    a, b = (pd.read_csv(path) for path in (before, now))
    if a.shape != b.shape or list(a) != list(b):
        return f"other rows or columns: {a.shape}, {b.shape}"
    numbers = a.select_dtypes("number").columns
    if not a.drop(columns=numbers).equals(b.drop(columns=numbers)):
        return "other names"
    x, y = a[numbers].to_numpy(float), b[numbers].to_numpy(float)
    if (np.isnan(x) != np.isnan(y)).any():
        return "other cells are empty"
    with np.errstate(divide="ignore", invalid="ignore"):
        return f"numbers differ by up to {np.nanmax(np.where(x == y, 0, np.abs(y / x - 1))):.1e}"


def main() -> None:
    """Print a line per part of the process, and one per output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, required=True, help="the other checkout")
    parser.add_argument("--run", type=Path, default=HERE / "results/default", help="finished run")
    parser.add_argument("--generator", type=Path, help="of the run; default: the first found")
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    run = options.run.resolve()
    found = options.generator or next(iter(sorted(run.glob("train/**/generator.pt"))), None)
    if found is None:
        sys.exit(f"{run} has no generator: do the run first, or give another one by --run")
    generator = found.resolve()
    checkouts = {"before": options.before.resolve(), "now": HERE}
    seconds = {name: {"whole process": [], "its imports": []} for name in checkouts}
    with tempfile.TemporaryDirectory() as name:
        outputs = {which: Path(name) / which for which in checkouts}
        for _ in range(options.pairs):
            for which, checkout in checkouts.items():
                outputs[which].mkdir(exist_ok=True)
                whole = cpu_seconds(checkout, evaluation_of(run, generator, outputs[which]))
                seconds[which]["whole process"].append(whole)
                seconds[which]["its imports"].append(cpu_seconds(checkout, START))
        for parts in seconds.values():
            parts["the rest"] = [a - b for a, b in zip(*parts.values(), strict=True)]
        for part in seconds["now"]:
            before, now = (seconds[which][part] for which in checkouts)
            ratio = statistics.median(b / a for a, b in zip(before, now, strict=True))
            print(
                f"{part:14} {min(before):.2f} -> {min(now):.2f} CPU-s, "
                f"now / before {ratio:.2f}, of the least {min(now) / min(before):.2f}"
            )
        for file in ("metrics.csv", "curves.csv", "examples.npz"):
            print(f"{file:14} {difference(*(outputs[which] / file for which in checkouts))}")


if __name__ == "__main__":
    main()
