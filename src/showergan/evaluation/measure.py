"""Table of the metrics of a sample against the real one."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from showergan.metrics.features import COUNTS, UNSCALED
from showergan.metrics.measured import Measured
from showergan.metrics.metric import KEY, Registry, Row, Stage
from showergan.metrics.pair import Pair

COLUMNS = [*KEY, *Measured._fields]
FEWEST = 20  # samples that are compared


def measure(pair: Pair, registry: Registry, stage: Stage = Stage.CHOSEN_EPOCH) -> pd.DataFrame:
    """Return the metrics of a registry that belong to an evaluation stage or an earlier one.

    Returns:
        Also the invalid counts of the sample, and, where it was scaled, the metrics that show scale and failures as
        they were before, in spaces whose names begin with "unscaled_". Columns metric; space, in which it is measured;
        bin of the conditions, "all", "mean", "unflagged" (the mean without thin bins), or a bin of the task's own;
        value, sd, event_sd, n, clusters and flagged, see `Measured`. Metrics that need what the sample does not have
        are missing.
    """
    records = [
        {"metric": metric, "space": space, "bin": bin_, **measured._asdict()}
        for metric, space, bin_, measured in _rows(pair, registry, stage)
    ]
    return pd.DataFrame(records, columns=COLUMNS)


def _rows(pair: Pair, registry: Registry, stage: Stage) -> Iterator[Row]:
    metrics = [m for m in registry if m.stage <= stage and m.needs <= pair.offers]
    # Metrics that one computation gives share it.
    for rows in dict.fromkeys(metric.rows for metric in metrics):
        yield from rows(pair)
    if other := pair.other.unscaled:
        # Unscaled samples have no embedding, and no metric of them needs one.
        real = replace(pair.real, spaces={name: pair.real.spaces[name] for name in other.spaces})
        before, wanted = replace(pair, real=real, other=other), registry.of_unscaled
        names = {name for name, _ in wanted}
        for rows in dict.fromkeys(metric.rows for metric in metrics if metric.name in names):
            for name, space, bin_, measured in rows(before):
                if (name, space) in wanted:
                    yield name, UNSCALED + space, bin_, measured
    for name, n in pair.other.counts.items():
        yield name, COUNTS, "all", Measured(n, n=len(pair.other))
