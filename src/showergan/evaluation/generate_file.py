"""Generation of a file of samples from a file of a generator and one of conditions."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from showergan.errors import UserError
from showergan.evaluation.generator import load_generator, outside
from showergan.io.files import say, sha256_of
from showergan.io.progress import Progress

SUFFIXES = (".npz", ".h5", ".hdf5")


def generate_file(
    generator: Path,
    conditions: Path | None,
    out: Path,
    *,
    n: int | None,
    seed: int,
    epoch: int | None,
    device: torch.device,
) -> None:
    """Write samples of a generator, from a file that `train` wrote; only their conditions are held in memory.

    The samples are npz, of showers in the published format, or HDF5 with the keys and units of our data sets. For
    conditions see `Task.read_conditions`; for n and the epoch, `TrainedGenerator.generate`. Seeds are from 0 to
    2**32 - 1.

    Raises:
        UserError: A file is unusable, or the epoch was not kept; nothing is written.
    """
    if out.suffix not in SUFFIXES:
        raise UserError(f"{out}: give an output file {', '.join(SUFFIXES)}.")
    if not 0 <= seed < 2**32:
        raise UserError(f"--seed {seed}: give a number from 0 to {2**32 - 1}.")
    trained = load_generator(generator)
    task = trained.task
    wanted = task.read_conditions(conditions, n)
    epoch = trained.last if epoch is None else epoch
    samples = trained.sampled(wanted, seed, device, n=n, epoch=epoch)
    n = len(wanted.as_array) if n is None else n
    if warning := outside(trained.description.conditions, wanted.as_array):
        say(f"warning: {warning}")
    start, n_not_finite = time.perf_counter(), 0

    def watched() -> Iterator[Any]:
        nonlocal n_not_finite
        done, progress = 0, Progress(n, task.name)
        for chunk in samples:
            numbers = getattr(chunk, task.sample_arrays[0]).reshape(len(chunk), -1)
            n_not_finite += int((~np.isfinite(numbers)).any(axis=1).sum())
            yield chunk
            done += len(chunk)
            progress(done)

    origin = {"generator_sha256": sha256_of(generator), "epoch": epoch, "seed": seed}
    task.write_samples(out, n, watched(), origin)
    seconds = time.perf_counter() - start
    if n_not_finite:
        say(
            f"warning: {n_not_finite} of {n} {task.name} hold values that are not numbers: "
            "the training had diverged. Choose an earlier epoch or another generator."
        )
    say(f"{out}: {n} {task.name} of epoch {epoch}, {n / seconds:.0f} per second")
