"""Tables of thousands of runs, a hundred at a time: one by one they would take minutes, all at once gigabytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from showergan.reading import read_csv

METHOD = ["architecture", "method", "learning_rates"]
RUN = [*METHOD, "seed"]

AT_A_TIME = 100  # runs

Runs = Iterable[pd.DataFrame]
"""Tables of some runs each, with the columns `RUN`, texts, beside those of their files; no run is in two of them."""


def run_of(path: Path) -> dict[str, str]:
    """Return the keys of a run from its path, .../{architecture}/{method}/{learning rates}/seed{seed}/file."""
    *method, seed = path.parts[-5:-1]
    return dict(zip(RUN, (*method, seed.removeprefix("seed")), strict=True))


@dataclass(frozen=True)
class RunsOfFiles:
    """Tables of runs, read whenever they are asked for."""

    paths: tuple[Path, ...]

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the tables of the next runs."""
        for start in range(0, len(self.paths), AT_A_TIME):
            yield _table(self.paths[start : start + AT_A_TIME])


def read_runs(paths: Iterable[Path]) -> Runs:
    """Return the tables of runs, each read when it is its turn.

    Args:
        paths: CSV files with the same columns, one for each run.

    Raises:
        ValueError: Columns differ; on reading.
    """
    return RunsOfFiles(tuple(paths))


def _table(paths: tuple[Path, ...]) -> pd.DataFrame:
    """Return the tables of some runs in one, parsed as one: of each by itself, most time would go to its beginning."""
    columns, texts, counts = "", [], []
    for path in paths:
        first, *lines = path.read_text().splitlines()
        columns = columns or first
        if first != columns:
            raise ValueError(f"the columns of {path} are not those of {paths[0]}")
        texts += lines
        counts.append(len(lines))
    table = read_csv(StringIO("\n".join([columns, *texts])))
    keys = pd.DataFrame([run_of(path) for path in paths])
    each = np.repeat(np.arange(len(paths)), counts)
    return table.assign(**{name: keys[name].take(each).array for name in RUN})
