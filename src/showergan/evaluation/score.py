"""Scores of one sample against another, without a run, a data set or a configuration."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray

from showergan import metrics
from showergan.config.evaluation import Evaluation
from showergan.config.tasks.found import DEFAULT
from showergan.config.validation import validated
from showergan.errors import UserError
from showergan.evaluation.measure import FEWEST, measure
from showergan.io.device import device_of
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.metrics.metric import Registry, metrics_in
from showergan.metrics.pair import Pair
from showergan.metrics.samples import points_of
from showergan.tasks.data_set import Rows
from showergan.tasks.found import TASKS
from showergan.tasks.task import Task

# The metrics of any task; every column of an array is a quantity.
METRICS = Registry(metrics_in(metrics))


def score(
    real: ArrayLike | Path | Rows,
    fake: ArrayLike | Path | Rows,
    *,
    embedding: Path | str | None = None,
    device: str = "cpu",
    **settings: Any,
) -> pd.DataFrame:
    """Score a generated sample against a real one in every metric that can be measured of the two.

    Args:
        real: the real sample: showers as `load_showers` returns them; the path of a file of showers, npz of the
            published schema or HDF5 like ours, in MeV, cm and GeV; or features of any objects, shape (n, d).
        fake: the generated one; features (m, d).
        embedding: of showers, the model.pt of `train-embedding`; without it metrics that need it are missing.
        device: where to embed.
        **settings: keys of the section `evaluation` of a configuration: clusters=50, seed=2.

    Returns:
        Columns metric, space, bin, value, sd, event_sd, n, clusters and flagged, as in the metrics.csv of a run, see
        docs/metrics.md. Of showers all that the real sample fixes (bins of the entry point, scales, depth of the impact
        point) comes from `real` itself. Of arrays the space points holds the features as they are, high_level the same
        standardised, and each column is a quantity, named by its number from 0, or as in a data frame.

    Raises:
        UserError: A sample cannot be read, is misshapen, not finite, or has fewer than 20 rows; or a setting or the
            device is unknown.

    Examples:
        Real showers against others like them, as any generator's are scored:

        >>> import showergan
        >>> showers = showergan.load_showers()
        >>> real, other = showers.select(slice(0, 200)), showers.select(slice(200, 400))
        >>> table = showergan.score(real, other, clusters=5, repeats=2)
        >>> areas = table[(table.metric == "prd_auc") & (table.bin == "all")].set_index("space").value
        >>> bool(areas["P"] > 0.8)  # 1 were the same distribution
        True
        >>> showergan.score(real, other.select(slice(0, 9)))
        Traceback (most recent call last):
        showergan.errors.UserError: the generated showers: 9 showers are too few to compare. Give at least 20.
    """
    recipe = validated(Evaluation, settings, "call of score")
    where = device_of(device)
    if isinstance(real, Path | str | Rows) and isinstance(fake, Path | str | Rows):
        return _of_showers(real, fake, embedding, recipe, where)
    if isinstance(real, Path | str | Rows) or isinstance(fake, Path | str | Rows):
        raise UserError(
            "score: one sample is showers or a file, the other is none. Give showers or files, or two arrays."
        )
    if embedding is not None:
        raise UserError(
            "score: an embedding is for showers. Give two files; or embed them yourself, and give the arrays."
        )
    samples = points_of(real, fake, fewest=FEWEST)
    # Names that differ would be columns in another order.
    names = [list(map(str, s.columns)) for s in (real, fake) if isinstance(s, pd.DataFrame)]
    if len(names) == 2 and names[0] != names[1]:
        raise UserError(f"score: the real columns are {names[0]}, the generated ones {names[1]}.")
    named = names[0] if names else list(map(str, range(samples[0].shape[1])))
    if len(set(named)) < len(named):
        raise UserError(f"score: two columns have one name: {named}.")

    def seen(sample: NDArray[np.float64]) -> Features:
        quantities = dict(zip(named, sample.T, strict=True))
        nothing = np.empty((len(sample), 0), np.float32)
        return Features({"points": sample}, quantities, nothing, {NOT_FINITE: 0}, {})

    pair = Pair(seen(samples[0]), seen(samples[1]), ReferenceStatistics(), recipe)
    return measure(pair, METRICS)


def _of_showers(
    real: Path | str | Rows,
    fake: Path | str | Rows,
    embedding: Path | str | None,
    recipe: Evaluation,
    device: torch.device,
) -> pd.DataFrame:
    task = TASKS[DEFAULT]
    network = task.load_embedding(Path(embedding), device) if embedding else None
    readers = _reader(task, real, "the real showers"), _reader(task, fake, "the generated showers")
    reference_statistics = task.reference_statistics_of(readers[0][1], recipe, device)

    def seen(name: str, read: Callable[[], Iterable[Any]]) -> Features:
        sample = task.features(read(), reference_statistics, network, recipe, device)
        if len(sample) < FEWEST:
            raise UserError(
                f"{name}: {len(sample)} {task.name} are too few to compare. Give at least {FEWEST}."
            )
        return sample

    first, second = (seen(*reader) for reader in readers)
    return measure(Pair(first, second, reference_statistics, recipe), task.metrics)


def _reader(
    task: Task, sample: Path | str | Rows, name: str
) -> tuple[str, Callable[[], Iterable[Any]]]:
    """Return the name of a sample in messages, and what yields it some at a time."""
    if isinstance(sample, Rows):
        found = task.check_samples(sample, f"{name}: ")
        return name, lambda: iter([found])
    return str(sample), partial(task.read_samples, Path(sample))
