"""What figures and tables are made from, by name, and how it is read; where it lies the workflow says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from showergan.comparison.runs import run_of
from showergan.io.arrays import opened_arrays
from showergan.io.tables import read_csv

OF_METHODS, OF_NETWORKS, OF_NONE = ("labels", "architectures"), ("architectures",), ()


@dataclass(frozen=True)
class Artefact:
    """A file, or one for each run.

    Attributes:
        told: what it is.
        read: reads one file.
        of_runs: whether there is one for each run, .../{architecture}/{method}/{learning rates}/seed{seed}/{file}.
        names: the fields of a style that say what it is about: those of methods, unless it is about none.
    """

    told: str
    read: Callable[[Path], Any]
    of_runs: bool = False
    names: tuple[str, ...] = OF_METHODS

    def load(self, paths: Path | list[Path]) -> Any:
        """Return what is in the file; of runs, their tables with the columns architecture, method, ... as texts."""
        if isinstance(paths, Path):
            return self.read(paths)
        tables = [self.read(path).assign(**run_of(path)) for path in paths]
        return pd.concat(tables, ignore_index=True)


def table(**types: type) -> Callable[[Path], pd.DataFrame]:
    """Return what reads a CSV file, columns of some names as values of a type."""
    return lambda path: read_csv(path, types)


read_table = table()
read_metrics = read_table


def read_curves(path: Path) -> pd.DataFrame:
    """Read a curves.csv; the column `point` numbers the points along each curve."""
    curves = read_table(path)
    return curves.assign(point=curves.groupby("space").cumcount())


def read_arrays(path: Path) -> dict[str, Any]:
    """Read the arrays of an npz file, numbers and texts."""
    with closing(opened_arrays(path, "fiuU")) as file:
        return {name: file.read(name) for name in file.keys}


def read_examples(path: Path) -> pd.DataFrame:
    """Read an examples.npz: one row per sample; of showers `energy` holds its image in MeV, shape (30, 30)."""
    table = pd.DataFrame({name: list(values) for name, values in read_arrays(path).items()})
    table.insert(0, "example", range(len(table)))
    return table


def read_published(path: Path) -> pd.DataFrame:
    """Read published.csv: a row per published value, its setting as texts.

    The columns table, architecture, method, score, mean, sd; learning_rates; and keys of the setting, such as
    training.epochs or method.penalty, what the sources say of them as a configuration would. An empty cell is null.
    """
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    return texts.astype({"table": int, "mean": float, "sd": float})


# Of any task; what a task has of its own its exhibits name.
ARTEFACTS = {
    "data": Artefact("data set of `preprocess` or `make-data`: HDF5", Path, names=OF_NONE),
    "reference": Artefact("features of the real showers: HDF5 of `reference`", Path, names=OF_NONE),
    "anchors": Artefact("ceilings and floors of `reference`: CSV", read_metrics, names=OF_NONE),
    "anchor_curves": Artefact("PRD curves of `reference`: CSV", read_table, names=OF_NONE),
    "architectures": Artefact(
        "layers of the networks: CSV of `describe`", table(takes=str, shape=str), names=OF_NETWORKS
    ),
    "audit": Artefact(
        "what a change of the discriminator changes: CSV of `audit`", read_table, names=OF_NETWORKS
    ),
    "histories": Artefact(
        "history.csv of each run", read_table, of_runs=True, names=(*OF_METHODS, "offsets")
    ),
    "lipschitz": Artefact("lipschitz.csv of each run", read_table, of_runs=True),
    "metrics": Artefact("metrics.csv of each run", read_metrics, of_runs=True),
    "curves": Artefact("curves.csv of each run", read_curves, of_runs=True),
    "examples": Artefact("examples.npz of a run of each method", read_examples, of_runs=True),
    "summary": Artefact("summary of `summarise`: CSV", read_table),
    "grid": Artefact("learning rates of `summarise`: CSV", read_table),
    "verdicts": Artefact("verdicts of `verdicts`: CSV", read_table),
    "ranks": Artefact("ranks of `verdicts`: CSV", read_table),
    "robustness": Artefact("robustness of `verdicts`: CSV", read_table),
    "scorecard": Artefact("scorecard of `scorecard`: CSV", read_table),
    "scorecard_means": Artefact("table of the scorecard, means over seeds: CSV", read_table),
    "agreement": Artefact(
        "agreement of metrics of `scorecard`: CSV", read_table, names=OF_NETWORKS
    ),
    "failures": Artefact("failures of `scorecard`: CSV", read_table),
    "outcomes": Artefact("what methods make of architectures: CSV of `outcomes`", read_table),
    "successes": Artefact("on how many one of two succeeds: CSV of `outcomes`", read_table),
    "bars": Artefact("bars of `bars`: CSV", read_table),
    "loss_estimates": Artefact("estimated distances of `loss_meaning`: CSV", read_table),
    "loss_meaning": Artefact("estimates and quality of `loss_meaning`: CSV", read_table),
    "loss_correlation": Artefact("Spearman's rho of `loss_meaning`: CSV", read_table),
    "published": Artefact("published values: CSV", read_published, names=(*OF_METHODS, "settings")),
}
