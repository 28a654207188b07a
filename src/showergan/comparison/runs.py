"""Tables of thousands of runs, read a hundred at a time: one by one takes minutes, all at once gigabytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from showergan.errors import UserError
from showergan.io.tables import read_csv

METHOD = ["architecture", "method", "learning_rates"]
RUN = [*METHOD, "seed"]

AT_A_TIME = 100  # runs


def run_of(path: Path) -> dict[str, str]:
    """Return the keys of a run from its path, .../{architecture}/{method}/{learning rates}/seed{seed}/file."""
    *method, seed = path.parts[-5:-1]
    return dict(zip(RUN, (*method, seed.removeprefix("seed")), strict=True))


@dataclass(frozen=True)
class Runs:
    """Tables of some runs each: the columns `RUN`, as strings, and those of the files; no run is in two tables.

    Attributes:
        paths: CSV files, one for each run, which are read at each iteration.
        columns: to read, which all files have. By default all columns, which must be the same in all files.

    Raises:
        UserError: Two files are of one run.
        ValueError: On reading, if columns differ or are missing.
    """

    paths: Sequence[Path]
    columns: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        found: dict[tuple[str, ...], Path] = {}
        for path in self.paths:
            run = tuple(run_of(path).values())
            if run in found:
                raise UserError(f"{found[run]} and {path} are of the same run. Give one of them.")
            found[run] = path

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the tables of the next runs."""
        for start in range(0, len(self.paths), AT_A_TIME):
            yield _table(self.paths[start : start + AT_A_TIME], self.columns)


def _table(paths: Sequence[Path], columns: tuple[str, ...] | None) -> pd.DataFrame:
    """Return the tables of some runs in one; those with the same columns are parsed together, which is faster."""
    texts: dict[str, list[str]] = {}
    runs: dict[str, list[int]] = {}  # of each line
    for i, path in enumerate(paths):
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        texts.setdefault(first, []).extend(lines)
        runs.setdefault(first, []).extend([i] * len(lines))
        if columns is None and len(texts) > 1:
            raise ValueError(f"the columns of {path} are not those of {paths[0]}")
    tables = [
        read_csv(StringIO("\n".join([first, *lines])), only=columns)
        for first, lines in texts.items()
    ]
    each = np.concatenate(list(runs.values())).astype(int)
    order = np.argsort(each, kind="stable")  # that of the paths
    table = pd.concat(tables, ignore_index=True).take(order).reset_index(drop=True)
    keys = pd.DataFrame([run_of(path) for path in paths])
    return table.assign(**{name: keys[name].take(each[order]).array for name in RUN})


def of_runs(runs: pd.DataFrame, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of a table, named in messages, for the runs of another one, in their order.

    Raises:
        UserError: A run has no row, or several.
    """
    rows = runs[RUN].drop_duplicates().merge(table, on=RUN, how="left", indicator="found")
    found = rows.groupby(RUN, sort=False)["found"].agg(lambda of: (of == "both").sum())
    for keys, count in found[found != 1].items():
        raise UserError(f"{name}: {count} rows of the run {keys}, expected one")
    return rows.drop(columns="found")
