"""Every metric of a sample against the real one, as one tidy table."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from showergan.config.evaluation import Evaluation
from showergan.metrics.features import Features, ReferenceStatistics
from showergan.metrics.measured import Measured
from showergan.metrics.metric import COUNTS, UNSCALED, Asked, Row
from showergan.metrics.pair import Pair

COLUMNS = ["metric", "space", "bin", "value", "sd", "event_sd", "n", "clusters", "flagged"]


def measure(
    real: Features,
    other: Features,
    reference_statistics: ReferenceStatistics,
    recipe: Evaluation,
    asked: Asked = Asked.ONCE,
) -> pd.DataFrame:
    """Return the metrics of a sample beside the real one, see `Pair`, of an occasion and all earlier ones.

    Returns:
        Also its mishaps, and of one that was scaled what tells of scale and of failures before, in spaces whose names
        begin with "unscaled_". Columns metric; space, what the metric looks at; bin of the conditions, "all", "mean",
        "unflagged" (the mean without thin bins), or a bin of the task's own; value, sd, event_sd and n, see `Measured`;
        clusters and flagged (PRD only), see `OfClusters`. Metrics that need what the sample does not have are missing.
    """
    records = [
        {"metric": metric, "space": space, "bin": bin_, **measured._asdict()}
        for metric, space, bin_, measured in _rows(
            Pair(real, other, reference_statistics, recipe), asked
        )
    ]
    return pd.DataFrame(records, columns=COLUMNS)


def _rows(pair: Pair, asked: Asked) -> Iterator[Row]:
    registry = pair.reference_statistics.metrics
    metrics = [m for m in registry if m.asked <= asked and m.needs <= pair.offers]
    # Metrics that one computation gives share it.
    for rows in dict.fromkeys(metric.rows for metric in metrics):
        yield from rows(pair)
    if other := pair.other.unscaled:
        # What it was has no embedding, nor is any asked for.
        real = replace(pair.real, spaces={name: pair.real.spaces[name] for name in other.spaces})
        before, wanted = replace(pair, real=real, other=other), registry.of_unscaled
        names = {name for name, _ in wanted}
        for rows in dict.fromkeys(metric.rows for metric in metrics if metric.name in names):
            for name, space, bin_, measured in rows(before):
                if (name, space) in wanted:
                    yield name, UNSCALED + space, bin_, measured
    for name, n in pair.other.counts.items():
        yield name, COUNTS, "all", Measured(n, n=len(pair.other))
