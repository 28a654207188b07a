"""Show what the results of a seed depend on: each artefact byte by byte, of the same tiny run done in several ways.

Every row of the table is one process that simulates showers, trains an embedding and a GAN, and measures both.

    python benchmarks/determinism.py
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from showergan.cli.step import run as run_step
from showergan.config.recipes.found import RECIPES
from showergan.errors import Paused

ARTEFACTS = (
    *("source.npz", "showers.h5", "model.pt", "embedding.json", "predictions.csv"),
    *("features.h5", "anchors.csv", "generator.pt", "history.csv", "lipschitz.csv"),
    *("metrics.csv", "curves.csv", "examples.npz"),
)
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
EVALUATION = {
    "clusters": 4,
    "repeats": 2,
    "partition": {"kind": "quantiles", "bins": (2, 1)},
}
TRAINING = {
    "seed": 1,
    "method": {"normaliser": {"kind": "spectral_norm"}},
    "discriminator": {"kind": "shower_discriminator", "size": "small"},
    "learning_rates": {"generator": 1e-3, "discriminator": 3e-4},
    "epochs": 2,
    "batch_size": 40,
    "evaluated_epochs": (1, 2),
    "generator_average": 0.5,
}


class Way(NamedTuple):
    """How a run is done.

    Attributes:
        cores: that the process may use.
        threads: that libraries are asked to use.
        stopped: whether trainings are stopped and gone on with at every occasion.
        changed: constants of modules, by "module.name".
    """

    cores: int = 1
    threads: int = 1
    stopped: bool = False
    changed: tuple[tuple[str, Any], ...] = ()


WAYS = {
    "again": Way(),
    "2 cores": Way(cores=2),
    "2 threads asked for": Way(cores=2, threads=2),
    "4 threads asked for": Way(cores=2, threads=4),
    "stopped after every step and epoch": Way(stopped=True),
    "the same, 2 cores and threads": Way(cores=2, threads=2, stopped=True),
    "showers read 64 at a time, not 4096": Way(
        changed=(("showergan.tasks.showers.dataset.READ", 64),)
    ),
    "statistics 64 at a time, not 32": Way(
        changed=(("showergan.tasks.showers.statistics._CHUNK", 64),)
    ),
    "neighbours 64 at a time, not 256": Way(changed=(("showergan.metrics.neighbours._CHUNK", 64),)),
    "clusters found 64 at a time, not 2048": Way(
        changed=(("showergan.metrics.kmeans._CHUNK", 64),)
    ),
    "showers generated 64 at a time, not 250": Way(
        changed=(("showergan.evaluation.generator.CHUNK", {"running": 64, "batch": 64}),)
    ),
    "showers generated 37 at a time, not 250": Way(
        changed=(("showergan.evaluation.generator.CHUNK", {"running": 37, "batch": 37}),)
    ),
}


def run(folder: Path, stopped: bool) -> None:
    """Do the run in this process."""

    def step(step_name: str, recipe: dict[str, Any], **files: str) -> None:
        made = RECIPES[step_name].model_validate(recipe)
        paths = {key: folder / name for key, name in files.items()}
        settings = {"max_seconds": 0} if stopped and step_name.startswith("train") else {}
        done = False
        while not done:
            with contextlib.suppress(Paused):
                after = run_step(made, **paths, **settings)
                done = True
        if after:
            after()

    step("simulate", {"n_showers": 400}, out="source.npz")
    step("preprocess", {}, source="source.npz", out="showers.h5")
    told = {"metrics": "embedding.json", "predictions": "predictions.csv"}
    step("train_embedding", {"epochs": 3}, data="showers.h5", out="model.pt", **told)
    ends = {"anchors": "anchors.csv", "curves": "ends.csv"}
    seen = {"embedding": "model.pt"}
    step("reference", EVALUATION, data="showers.h5", out="features.h5", **seen, **ends)
    tables = {"history": "history.csv", "lipschitz": "lipschitz.csv", "run": "run.json"}
    step("train", TRAINING, data="showers.h5", generator="generator.pt", **tables)
    scores = {"metrics": "metrics.csv", "curves": "curves.csv", "examples": "examples.npz"}
    inputs = {"generator": "generator.pt", "reference": "features.h5", **seen}
    step("evaluate", EVALUATION | {"choose_by": "bins-P"}, **inputs, **scores)


def done(name: str | None, folder: Path) -> dict[str, bytes]:
    """Do the run in a process of its own; return the bytes of each artefact, but for how long it took."""
    way = WAYS[name] if name else Way()
    code = [
        "import os",
        f"os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{way.cores}])",
        "from importlib import import_module",
        *(
            f"import_module({module.rpartition('.')[0]!r}).{module.rpartition('.')[2]} = {value!r}"
            for module, value in way.changed
        ),
        "from pathlib import Path",
        "from determinism import run",
        f"run(Path({str(folder)!r}), {way.stopped})",
    ]
    environment = os.environ | {variable: str(way.threads) for variable in THREADS}
    said = subprocess.run(
        [sys.executable, "-c", "\n".join(code)],
        env=environment | {"SHOWERGAN_DEVICE": "cpu"},
        cwd=Path(__file__).parent,
        capture_output=True,
        encoding="utf-8",
    )
    if said.returncode:
        sys.exit(said.stderr)
    return {a: re.sub(rb'"seconds": .*', b"", (folder / a).read_bytes()) for a in ARTEFACTS}


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory() as name:
        first = done(None, Path(name))
    print("| the same seed, but | artefacts that are the same | others |\n|---|---|---|")
    for way in WAYS:
        with tempfile.TemporaryDirectory() as name:
            found = done(way, Path(name))
        others = [a for a in ARTEFACTS if found[a] != first[a]]
        equal = f"{len(ARTEFACTS) - len(others)} of {len(ARTEFACTS)}" if others else "all"
        print(f"| {way} | {equal} | {', '.join(f'`{a}`' for a in others)} |", flush=True)


if __name__ == "__main__":
    main()
