"""What a run will take, told by what the jobs of a finished one took.

A job takes a fixed time, and one that is proportional to its work: of a training the steps of its networks, of an
evaluation epochs and samples, of what makes and measures data the samples, of what reads a file of every run their
number. All else takes what it took.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from showergan.config.whole import Config
from showergan.errors import UserError
from showergan.records.provenance import NAME, Record, read_record

TRAIN, EVALUATE, START = "train", "evaluate", "describe"
EMBEDDING = ("train_embedding", "train_picture_embedding")
OF_DATA = ("simulate", "fetch", "make_data", "preprocess", "reference", *EMBEDDING)
WORKED_ON = ("generator", "discriminator", "batch_size")
STEPS = {"train_gan": TRAIN, "evaluate_gan": EVALUATE, "conclusion": "table conclusion"}


@dataclass(frozen=True)
class Size:
    """How large a run is.

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
        if step in (TRAIN, EVALUATE):
            return self.kept
        return self.n_train if step in OF_DATA else 1


@dataclass(frozen=True)
class Job:
    """What a job took.

    Attributes:
        seconds: of a core, or by the clock on a GPU.
        fixed: which of them any amount of work would take.
        memory_MB: of the host.
        stored_MB: in files that it left.
        work: see `Size`; None: it is always the same.
    """

    seconds: float
    fixed: float
    memory_MB: float
    stored_MB: float
    work: float | None

    def seconds_of(self, work: float) -> float:
        """Return the seconds of another amount of work."""
        if self.work is None:
            return self.seconds
        return self.fixed + (self.seconds - self.fixed) * work / max(self.work, 1)


@dataclass(frozen=True)
class Measured:
    """A finished run.

    Attributes:
        size: how large it is.
        jobs: by step and method; of most steps the method is none.
        trained: networks and batches, see `_trained`.
    """

    size: Size
    jobs: Mapping[tuple[str, str], list[Job]]
    trained: frozenset[str] = frozenset()

    def like(self, step: str, method: str) -> tuple[list[Job], str]:
        """Return the jobs that tell of a step of a method, and what they are, where it has none of its own."""
        if own := self.jobs.get((step, method)):
            return own, ""
        kind = step.split()[0]
        others = [job for (s, _), some in self.jobs.items() if s.split()[0] == kind for job in some]
        return others, f"mean of {kind}" if others else "not measured"


@dataclass(frozen=True)
class Row:
    """All jobs of a rule.

    Attributes:
        rule: its name.
        n: number of jobs.
        seconds: of all of them.
        longest: the seconds of one.
        memory_MB: of one.
        stored_MB: of all of them.
        like: which other jobs tell what they take, where these were not measured.
    """

    rule: str
    n: int
    seconds: float
    longest: float
    memory_MB: float
    stored_MB: float
    like: str


def measured(run: Path) -> Measured:
    """Read what the jobs of a finished run took.

    Args:
        run: its folder, results/RUN.

    Raises:
        UserError: no training has ended there.
    """
    records = {path: read_record(path) for path in sorted(run.rglob(f"*{NAME}"))}
    trainings = {
        path.parent.relative_to(run).parts[1:]: (
            record,
            json.loads(path.with_name("run.json").read_text(encoding="utf-8")),
        )
        for path, record in records.items()
        if record.step == TRAIN
    }
    if not trainings:
        raise UserError(
            f"{run}: no training has ended there. Give the folder of a run, results/RUN"
        )
    first, told = next(iter(trainings.values()))
    embedding = [r.recipe["epochs"] for r in records.values() if r.step in EMBEDDING]
    kept = len(first.recipe["evaluated_epochs"])
    size = Size(told["n_train"], len(trainings), kept, max(embedding, default=1))
    start = min((_seconds(r) for r in records.values() if r.step == START), default=0.0)
    jobs = defaultdict(list)
    for path, record in records.items():
        where, method = path.parent.relative_to(run).parts[1:], ""
        steps, fixed = 0, min(start, _seconds(record))
        if record.step in (TRAIN, EVALUATE):
            method = where[1]
        if record.step == TRAIN:
            _, told = trainings[where]
            steps = told["generator_steps"] + told["discriminator_steps"]
            # What it took besides its steps; one that was gone on with took some of them before.
            fixed = _seconds(record) * max(1 - told["seconds"] / record.seconds, 0)
        grows = record.step in (TRAIN, EVALUATE, *OF_DATA) or len(record.inputs) >= len(trainings)
        files = [path.parent / name for name in record.outputs]
        jobs[record.step, method].append(
            Job(
                _seconds(record),
                fixed,
                record.peak_memory_MB.get("host", 0),
                sum(file.stat().st_size for file in files if file.exists()) / 1e6,
                size.work(record.step, steps) if grows else None,
            )
        )
    return Measured(size, dict(jobs), frozenset(_trained(r.recipe) for r, _ in trainings.values()))


def _trained(recipe: Mapping[str, Any]) -> str:
    """Return what a step of a training works on: networks and batch, as a text."""
    return json.dumps({key: recipe[key] for key in WORKED_ON}, sort_keys=True)


def is_like(config: Config, of: Measured) -> bool:
    """Tell whether a run trained all networks of a configuration, on as large batches."""
    batch = {"batch_size": config.training.batch_size}
    wanted = {
        _trained(config.networks(architecture, method).model_dump(mode="json") | batch)
        for architecture in config.compared
        for method in config.methods
    }
    return wanted <= of.trained


def _seconds(record: Record) -> float:
    return record.seconds if "device" in record.peak_memory_MB else record.cpu_seconds


def estimate(
    config: Config, planned: Mapping[str, int], of: Measured, n_train: int | None = None
) -> list[Row]:
    """Return what the jobs of a run will take.

    Args:
        config: its configuration.
        planned: number of its jobs by rule, see `snakemake --dry-run`.
        of: the run that tells what jobs take.
        n_train: number of training samples, where the configuration does not tell it.

    Raises:
        UserError: nobody tells it.
    """
    n_train = config.data.n_train or n_train
    if n_train is None:
        raise UserError("How many training samples there are only the data tell: give --n-train")
    methods = [
        method
        for method in config.methods
        for _ in config.compared
        for _ in config.learning_rates(method)
        for _ in config.training.seeds
    ]
    embedding = getattr(getattr(config, "embedding", None), "epochs", 1)
    size = Size(n_train, len(methods), len(config.training.evaluated_epochs), embedding)
    rows = []
    for rule, n in planned.items():
        step = STEPS.get(rule, re.sub("^(figure|table)_", r"\1 ", rule))
        each = methods if step in (TRAIN, EVALUATE) else [""]
        told = {
            method: _predicted(step, method, config, size, of) for method in dict.fromkeys(each)
        }
        jobs = [told[method][0] for method in each]
        share = n / len(jobs)  # of a run that has begun less is left
        rows.append(
            Row(
                rule,
                n,
                share * sum(job.seconds for job in jobs),
                max(job.seconds for job in jobs),
                max(job.memory_MB for job in jobs),
                share * sum(job.stored_MB for job in jobs),
                "; ".join(
                    dict.fromkeys(f"{m}: {t}" if m else t for m, (_, t) in told.items() if t)
                ),
            )
        )
    return rows


def _predicted(step: str, method: str, config: Config, size: Size, of: Measured) -> tuple[Job, str]:
    jobs, told = of.like(step, method)
    if not jobs:
        return Job(0, 0, 0, 0, None), told
    steps = 0
    if step == TRAIN:
        batches = size.n_train // config.training.batch_size
        steps = config.training.epochs * batches * (1 + config.n_critic(method))
    work = size.work(step, steps)
    return Job(
        fmean(job.seconds_of(work) for job in jobs),
        0,
        max(job.memory_MB for job in jobs),
        fmean(job.stored_MB for job in jobs) * size.files(step) / of.size.files(step),
        work,
    ), told


def clock(rows: list[Row], devices: int) -> float:
    """Return the seconds that a run takes on so many cores or GPUs: the work shared out, or the longest chain of jobs.

    In the chain is a job of each rule, but for figures and tables, which do not wait for each other.
    """
    shown = ("figure_", "table_")
    chain = sum(row.longest for row in rows if not row.rule.startswith(shown))
    return max(sum(row.seconds for row in rows) / devices, chain)
