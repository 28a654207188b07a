"""Measure how long it takes to compare thousands of runs, and how much memory.

The metrics of one small run of points in a plane stand for those of all; its values are changed a little for each.

    python benchmarks/many_runs.py
    python benchmarks/many_runs.py --runs 1000
"""

import argparse
import sys
import tempfile
from pathlib import Path

from small_toys import CONFIG, make, recipe, run

from showergan.io.braces import folded

METHODS, RATES = 4, 25  # the others are seeds, as in experiments/sweep.yaml
LONGEST = 131_072  # bytes of one argument that Linux takes


def copy(folder: Path, runs: int) -> list[Path]:
    """Lay so many copies of metrics.csv as the workflow does; return their paths."""
    [metrics] = (folder / "evaluate").rglob("metrics.csv")
    header, *lines = metrics.read_text(encoding="utf-8").splitlines()
    column = header.split(",").index("value")
    paths = []
    own = CONFIG.own_learning_rates
    for method in list(CONFIG.sorted_methods)[:METHODS]:
        for rates in (own[method], *(f"0.001_{i}e-05" for i in range(1, RATES))):
            for seed in range(1, runs // (METHODS * RATES) + 1):
                part = f"many/perceptron_3x8/{method}/{rates}/seed{seed}"
                rows = [line.split(",") for line in lines]
                for row in rows:
                    if row[0].startswith("prd"):
                        row[column] = f"{float(row[column]) * (1 - 0.0001 * len(paths) / runs):.6f}"
                path = folder / part / "metrics.csv"
                path.parent.mkdir(parents=True)
                path.write_text("\n".join([header, *map(",".join, rows)]) + "\n", encoding="utf-8")
                paths.append(path)
    return paths


def main() -> None:
    """Print a line per command and number of runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000])
    options = parser.parse_args()
    for runs in options.runs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make(folder)
            paths = copy(folder, runs)
            word = len(folded(map(str, paths)))
            if word > LONGEST:
                sys.exit(f"{runs} runs: the rule's word of {word} bytes is too long")
            out = {k: folder / f"{k}.csv" for k in ("summary", "grid", "card", "tau", "failures")}
            ends = ("--anchors", folder / "anchors.csv")
            summary = ("--summary", out["summary"])
            verdicts = [w for k in ("ranks", "robustness") for w in (f"--{k}", folder / f"{k}.csv")]
            counted = ("--successes", folder / "successes.csv", "--out", folder / "outcomes.csv")
            for command in (
                ("choose", *paths, "--out", out["grid"]),
                ("summarise", *paths, *ends, "--grid", out["grid"], "--out", out["summary"]),
                (
                    *("scorecard", *paths, *ends, *summary, "--out", out["card"]),
                    *("--agreement", out["tau"], "--failures", out["failures"]),
                ),
                (
                    *("verdicts", *summary, "--grid", out["grid"], "--scorecard", out["card"]),
                    *("--failures", out["failures"], "--out", folder / "v.csv", *verdicts),
                ),
                ("outcomes", *summary, "--failures", out["failures"], *counted),
            ):
                used = run(*command, *recipe(command[0]))
                print(f"{runs:6} runs: {command[0]:9} {used}", flush=True)


if __name__ == "__main__":
    main()
