"""Print how CPU time grows with showers, steps, runs and epochs: the slope of its logarithm on that of their number.

Each size is measured in this process, on one thread, so that no start of a process is in it; 1 is linear.

    python benchmarks/scaling.py
    python benchmarks/scaling.py evaluation
"""

import argparse
import contextlib
import io
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import small_showers
import small_toys
from many_runs import copy

from showergan.cli.step import run as run_step
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.data import Simulate
from showergan.config.recipes.evaluation import Evaluate
from showergan.config.recipes.found import RECIPES
from showergan.evaluation.reference import make_reference, save_reference
from showergan.io.device import choose_device
from showergan.tasks.showers.embedding import load_embedding

Work = Callable[[], object]

BATCH, RUNS, EPOCHS, CPU = 32, 200, 4, choose_device("cpu")


def simulation(folder: Path, showers: int) -> Work:
    """Simulate by GFLASH into an npz file."""
    return lambda: run_step(Simulate(n_showers=showers), out=folder / "showers.npz")


def training(_: Path, steps: int) -> Work:
    """Train the published networks with spectral normalisation, n_critic = 5, in batches of 32."""
    return small_showers.trainer("SN", BATCH * steps, BATCH).run


def evaluation(folder: Path, events: int) -> Work:
    """Evaluate a generator of one epoch against so many test showers, and against as many of select."""
    data, model = small_showers.data_set(folder, 4 * events), folder / "model.pt"
    generator = small_showers.generator(folder / "generator.pt")
    small_showers.embedding(model)
    reference = folder / "features.h5"
    save_reference(make_reference(data, load_embedding(model, CPU), Evaluation(), CPU), reference)
    made = {name: folder / name for name in ("metrics", "curves", "examples")}
    inputs = {"generator": generator, "reference": reference, "embedding": model}
    return lambda: run_step(Evaluate(choose_by="bins-E"), **inputs, **made, device="cpu")


def of_runs(folder: Path, runs: int) -> Work:
    """Compare so many runs of four epochs each."""
    return comparison(folder, runs, EPOCHS)


def of_epochs(folder: Path, epochs: int) -> Work:
    """Compare 200 runs of so many epochs each."""
    return comparison(folder, RUNS, epochs)


@cache
def made_once() -> tempfile.TemporaryDirectory[str]:
    """Make the small run whose metrics stand for those of all; return its folder, which goes with this process."""
    folder = tempfile.TemporaryDirectory()
    small_toys.make(Path(folder.name))
    return folder


def comparison(folder: Path, runs: int, epochs: int) -> Work:
    """Summarise the metrics of runs of points in a plane, judge them, and test for differences."""
    shutil.copytree(made_once().name, folder, dirs_exist_ok=True)
    paths = copy(folder, runs)
    for path in paths:  # all epochs but the last measure what the first one does
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        first, last = ([line[1:] for line in lines if line.startswith(f"{n},")] for n in (1, 2))
        rows = [f"{n}{rest}" for n in range(1, epochs) for rest in first]
        rows += [f"{epochs}{rest}" for rest in last]
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    names = ("summary", "grid", "card", "agreement", "failures", "verdicts", "ranks", "robustness")
    names += ("outcomes", "successes")
    at = {name: folder / f"{name}.csv" for name in names}
    read = {"metrics": paths, "anchors": folder / "anchors.csv"}

    def step(name: str, **files: object) -> None:
        run_step(RECIPES[name].of(small_toys.CONFIG), **files)

    def work() -> None:
        step("choose", metrics=paths, out=at["grid"])
        step("summarise", **read, grid=at["grid"], out=at["summary"])
        judged = {name: at[name] for name in ("summary", "agreement", "failures")}
        step("scorecard", **read, **judged, out=at["card"])
        tested = {name: at[name] for name in ("summary", "grid", "failures", "ranks", "robustness")}
        step("verdicts", **tested, scorecard=at["card"], out=at["verdicts"])
        counted = {name: at[name] for name in ("summary", "failures", "successes")}
        step("outcomes", **counted, out=at["outcomes"])

    return work


MEASURED = {
    "simulation, showers": (simulation, (1_000, 2_000, 4_000, 8_000)),
    "training, generator steps": (training, (15, 30, 60, 120)),
    "evaluation, test showers": (evaluation, (1_000, 2_000, 4_000, 8_000)),
    "comparison, runs": (of_runs, (400, 800, 1_600, 3_200)),
    "comparison, epochs": (of_epochs, (10, 20, 40, 80)),
}


def seconds(prepare: Callable[[Path, int], Work], size: int) -> float:
    """Return the CPU time of work that has been prepared; what both say meanwhile is not shown."""
    with (
        contextlib.redirect_stderr(io.StringIO()),
        tempfile.TemporaryDirectory() as folder,
    ):
        work = prepare(Path(folder), size)
        start = time.process_time()
        work()
        return time.process_time() - start


def main() -> None:
    """Print a row per work: sizes, seconds and slopes, of all and from each size to the next."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("only", nargs="?", default="", help="work whose name begins like this")
    only = parser.parse_args().only
    print(
        "| work, size | sizes | CPU seconds | slope | from one to the next |\n|---|---|---|---|---|"
    )
    for name, (prepare, sizes) in MEASURED.items():
        if not name.startswith(only):
            continue
        seconds(prepare, sizes[0])  # the first also fetches code
        times = [seconds(prepare, size) for size in sizes]
        x, y = np.log(sizes), np.log(times)
        slopes = [float(b) for b in np.diff(y) / np.diff(x)]
        print(
            f"| {name} | {', '.join(map(str, sizes))} | {', '.join(f'{t:.2f}' for t in times)} "
            f"| {np.polyfit(x, y, 1)[0]:.2f} | {', '.join(f'{s:.2f}' for s in slopes)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
