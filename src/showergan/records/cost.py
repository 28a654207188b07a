"""Cost of a run, estimated from what the jobs of a finished one took.

A job takes a fixed time, and one that is proportional to its work: of a training the steps of its networks, of an
evaluation epochs and samples, of what makes and measures data the samples, of what reads a file of every run their
number. All other jobs take what they took.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from showergan.config.whole import Config
from showergan.errors import UserError
from showergan.records.provenance import NAME, RECIPE, Record, read_record

TRAIN, EVALUATE, CHOOSE, START = "train", "evaluate", "choose", "describe"
BY_METHOD = (TRAIN, EVALUATE)
EMBEDDING = ("train_embedding", "train_image_embedding")
OF_DATA = ("simulate", "fetch", "make_data", "preprocess", "reference", *EMBEDDING)
STEPS = {"train_gan": TRAIN, "evaluate_gan": EVALUATE, "conclusion": "table conclusion"}  # of rules


class Size(NamedTuple):
    """Size of a run.

    Attributes:
        n_train: training samples.
        n_trainings: trainings.
        kept: epochs of each at which its generator is kept and scored.
        embedding: epochs of the embedding, at most; 1 where there is none.
    """

    n_train: int
    n_trainings: int
    kept: int
    embedding: int

    def work(self, step: str, steps: int) -> float:
        """Return what the time of a job is proportional to; a training makes so many steps of its networks."""
        if step == TRAIN:
            return steps
        if step == EVALUATE:
            return self.kept * self.n_train
        if step in OF_DATA:
            return self.n_train * (self.embedding if step in EMBEDDING else 1)
        return self.n_trainings

    def files(self, step: str) -> float:
        """Return what the size of its files is proportional to."""
        if step in BY_METHOD:
            return self.kept
        return self.n_train if step in OF_DATA else 1


class Measured(NamedTuple):
    """A finished run.

    Attributes:
        size: of the run.
        jobs: one row for each: `step` and `method` (empty for most steps), `seconds` of a core, or by the clock on a
            GPU, `fixed` ones among them, which any amount of work would take, `memory_MB` of the host, `stored_MB` in
            files that it left, and `work`, see `Size`; NaN: always the same.
        trained: networks and batches, see `_trained`.
    """

    size: Size
    jobs: pd.DataFrame
    trained: frozenset[str] = frozenset()


def measured(run: Path) -> Measured:
    """Read what the jobs of a finished run took, by its folder, results/RUN.

    Raises:
        UserError: no training has ended there.
    """
    records = {path: read_record(path) for path in sorted(run.rglob(f"*{NAME}"))}
    trainings = {
        _place(path, run): (record, json.loads(path.with_name("run.json").read_bytes()))
        for path, record in records.items()
        if record.step == TRAIN
    }
    if not trainings:
        raise UserError(
            f"{run}: no training has ended there. Give the folder of a run, results/RUN"
        )
    first, training = next(iter(trainings.values()))
    embedding = [r.recipe["epochs"] for r in records.values() if r.step in EMBEDDING]
    kept = len(first.recipe["evaluated_epochs"])
    size = Size(training["n_train"], len(trainings), kept, max(embedding, default=1))
    start = min((_seconds(r) for r in records.values() if r.step == START), default=0.0)
    jobs = []
    for path, record in records.items():
        place, seconds = _place(path, run), _seconds(record)
        steps, fixed = 0, min(start, seconds)
        if record.step == TRAIN:
            _, training = trainings[place]
            steps = training["generator_steps"] + training["discriminator_steps"]
            # All but its steps; a training that was resumed made some of them in an earlier job.
            fixed = seconds * max(1 - training["seconds"] / record.seconds, 0)
        read = [name for name in record.inputs if not name.endswith(RECIPE)]
        grows = record.step in (*BY_METHOD, *OF_DATA, CHOOSE) or len(read) >= len(trainings)
        files = [path.parent / name for name in record.outputs]
        jobs.append(
            {
                "step": record.step,
                "method": place[1] if record.step in BY_METHOD else "",
                "seconds": seconds,
                "fixed": fixed,
                "memory_MB": record.peak_memory_MB.get("host", 0),
                "stored_MB": sum(file.stat().st_size for file in files if file.exists()) / 1e6,
                "work": size.work(record.step, steps) if grows else np.nan,
            }
        )
    networks = frozenset(_trained(record.recipe) for record, _ in trainings.values())
    return Measured(size, pd.DataFrame(jobs), networks)


def _place(record: Path, run: Path) -> tuple[str, ...]:
    """Return architecture, method, learning rates and seed, of which the folders of a training are named."""
    return record.parent.relative_to(run).parts[1:]


def _seconds(record: Record) -> float:
    return record.seconds if "device" in record.peak_memory_MB else record.cpu_seconds


def _trained(recipe: Mapping[str, Any]) -> str:
    """Return what a step of a training works on: networks and batch, as a text."""
    keys = ("generator", "discriminator", "batch_size")
    return json.dumps({key: recipe[key] for key in keys}, sort_keys=True)


def is_like(config: Config, of: Measured) -> bool:
    """Return whether a run trained all networks of a configuration, on as large batches."""
    batch = {"batch_size": config.training.batch_size}
    return of.trained >= {
        _trained(config.networks(architecture, method).model_dump(mode="json") | batch)
        for architecture, method in config.trained
    }


def estimate(
    config: Config, planned: Mapping[str, int], of: Measured, n_train: int | None = None
) -> pd.DataFrame:
    """Return what the jobs of a run will take.

    Args:
        config: its configuration.
        planned: number of its jobs by rule, see `snakemake --dry-run`.
        of: the measured run.
        n_train: number of training samples, where the configuration does not give it.

    Returns:
        By rule, the number of `jobs`, `seconds` and `stored_MB` of all of them, `longest` seconds and `memory_MB` of
        one, and `source`: which other jobs these are estimated from, where they were not measured.

    Raises:
        UserError: the number of samples is unknown.
    """
    n_train = config.data.n_train or n_train
    if n_train is None:
        raise UserError(
            "The configuration does not say how many training samples there are: give --n-train"
        )
    trainings = {
        method: n
        * (
            len(config.learning_rates(method)) * len(config.tried_seeds(method))
            + len(config.chosen_seeds(method))
        )
        for method, n in Counter(method for _, method in config.trained).items()
    }
    embedding = getattr(getattr(config, "embedding", None), "epochs", 1)
    kept = len(config.training.evaluated_epochs)
    size = Size(n_train, sum(trainings.values()), kept, embedding)
    rows = {}
    for rule, n in planned.items():
        step = STEPS.get(rule, re.sub("^(figure|table)_", r"\1 ", rule))
        numbers = trainings if step in BY_METHOD else {"": 1}
        jobs = pd.DataFrame([_predicted(step, method, config, size, of) for method in numbers])
        weights = np.array(list(numbers.values()))
        share = n / weights.sum()  # fewer are left of a run that has begun
        sources = dict.fromkeys(
            f"{method}: {source}" if method else source
            for method, source in zip(numbers, jobs.source, strict=True)
            if source
        )
        rows[rule] = {
            "jobs": n,
            "seconds": share * (weights * jobs.seconds).sum(),
            "longest": jobs.seconds.max(),
            "memory_MB": jobs.memory_MB.max(),
            "stored_MB": share * (weights * jobs.stored_MB).sum(),
            "source": "; ".join(sources),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _predicted(step: str, method: str, config: Config, size: Size, of: Measured) -> dict[str, Any]:
    """Return what one job takes: the mean of those of this method, or else of all of its kind."""
    jobs, source = of.jobs[(of.jobs.step == step) & (of.jobs.method == method)], ""
    if jobs.empty:
        kind = step.split()[0]
        jobs, source = of.jobs[of.jobs.step.str.split().str[0] == kind], f"mean of {kind}"
    if jobs.empty:
        return {"seconds": 0.0, "memory_MB": 0, "stored_MB": 0.0, "source": "not measured"}
    steps = 0
    if step == TRAIN:
        batches = size.n_train // config.training.batch_size
        steps = config.training.epochs * batches * (1 + config.n_critic(method))
    growth = (size.work(step, steps) / jobs.work.clip(lower=1)).fillna(1)
    return {
        "seconds": (jobs.fixed + (jobs.seconds - jobs.fixed) * growth).mean(),
        "memory_MB": jobs.memory_MB.max(),
        "stored_MB": jobs.stored_MB.mean() * size.files(step) / of.size.files(step),
        "source": source,
    }


def is_exhibit(rows: pd.DataFrame) -> pd.Series:
    """Return which rules make a figure or a table."""
    return rows.index.to_series().str.startswith(("figure_", "table_"))


def clock(rows: pd.DataFrame, devices: int) -> float:
    """Return the seconds that a run takes on so many cores or GPUs: the work shared out, or the longest chain of jobs.

    The chain has one job of each rule, without figures and tables, which do not wait for each other.
    """
    return max(rows.seconds.sum() / devices, rows.longest[~is_exhibit(rows)].sum())
