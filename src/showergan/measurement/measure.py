"""Every metric of a sample against the real one, as one tidy table."""

from collections.abc import Iterator

import pandas as pd

from showergan.config.evaluation import Evaluation
from showergan.metrics.features import Features, Yardstick
from showergan.metrics.measured import Measured
from showergan.metrics.metric import COUNTS, Asked, Row
from showergan.metrics.pair import Pair

COLUMNS = ["metric", "space", "bin", "value", "sd", "event_sd", "n", "clusters", "flagged"]


def measure(
    real: Features,
    other: Features,
    yardstick: Yardstick,
    recipe: Evaluation,
    asked: Asked = Asked.ONCE,
) -> pd.DataFrame:
    """Return the metrics of a sample beside the real one, see `Pair`, of an occasion and all earlier ones.

    Returns:
        Also its mishaps. Columns metric; space, what the metric looks at; bin of the conditions, "all", "mean",
        "unflagged" (the mean without thin bins), or a bin of the task's own; value, sd, event_sd and n, see `Measured`;
        clusters and flagged (PRD only), see `OfClusters`. Metrics that need what the sample does not have are missing.
    """
    records = [
        {"metric": metric, "space": space, "bin": bin_, **measured._asdict()}
        for metric, space, bin_, measured in _rows(Pair(real, other, yardstick, recipe), asked)
    ]
    return pd.DataFrame(records, columns=COLUMNS)


def _rows(pair: Pair, asked: Asked) -> Iterator[Row]:
    metrics = (m for m in pair.yardstick.metrics if m.asked <= asked and m.needs <= pair.offers)
    # Metrics that one computation gives share it.
    for rows in dict.fromkeys(metric.rows for metric in metrics):
        yield from rows(pair)
    for name, n in pair.other.counts.items():
        yield name, COUNTS, "all", Measured(n, n=len(pair.other))
