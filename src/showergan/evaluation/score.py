"""Scores of one sample against another, without a run, a data set or a configuration."""

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
from showergan.metrics.features import NOT_FINITE, Features, ReferenceStatistics
from showergan.metrics.metric import Registry, metrics_in
from showergan.metrics.pair import Pair
from showergan.metrics.samples import points_of
from showergan.tasks.found import TASKS

# The metrics of any task; every column of an array is a quantity.
METRICS = Registry(metrics_in(metrics))


def score(
    real: ArrayLike | Path,
    fake: ArrayLike | Path,
    *,
    embedding: Path | str | None = None,
    device: str = "cpu",
    **settings: Any,
) -> pd.DataFrame:
    """Score a generated sample against a real one in every metric that can be measured of the two.

    Args:
        real: the real sample: the path of a file of showers, npz of the published schema or HDF5 like ours, in MeV, cm
            and GeV; or features of any objects, shape (n, d).
        fake: the generated one in the same form; features (m, d).
        embedding: of showers, the model.pt of `train-embedding`; without it metrics that need it are missing.
        device: where to embed.
        **settings: keys of the section `evaluation` of a configuration: clusters=50, seed=2.

    Returns:
        Columns metric, space, bin, value, sd, event_sd, n, clusters and flagged, as in the metrics.csv of a run, see
        docs/metrics.md. Of showers all that the real sample fixes (bins of the entry point, scales, depth of the impact
        point) comes from `real` itself. Of arrays the space points holds the features as they are, high_level the same
        standardised, and each column is a quantity, named by its number from 0, or as in a data frame.

    Raises:
        UserError: A sample cannot be read, is misshapen, not finite, or has fewer than 20 rows; or a setting is
            unknown.
    """
    recipe = validated(Evaluation, settings, "call of score")
    if isinstance(real, Path | str) and isinstance(fake, Path | str):
        return _of_files(Path(real), Path(fake), embedding, recipe, torch.device(device))
    if isinstance(real, Path | str) or isinstance(fake, Path | str):
        raise UserError(
            "score: one sample is a file, the other is none. Give two files or two arrays."
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


def _of_files(
    real: Path,
    fake: Path,
    embedding: Path | str | None,
    recipe: Evaluation,
    device: torch.device,
) -> pd.DataFrame:
    task = TASKS[DEFAULT]
    network = task.load_embedding(Path(embedding), device) if embedding else None
    reference_statistics = task.reference_statistics_of_file(real, recipe, device)

    def seen(path: Path) -> Features:
        sample = task.features(
            task.read_samples(path), reference_statistics, network, recipe, device
        )
        if len(sample) < FEWEST:
            raise UserError(
                f"{path}: {len(sample)} {task.name} are too few to compare. Give at least {FEWEST}."
            )
        return sample

    return measure(Pair(seen(real), seen(fake), reference_statistics, recipe), task.metrics)
