"""The tables of many runs as one, and the lines they make in a figure."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from showergan.comparison.summary import METHOD, RUN, run_of
from showergan.rendering.style import Colour, Style

Dashes = Literal["-", "--", ":", "-."]
DASHES: tuple[Dashes, ...] = ("-", "--", ":", "-.")


class Group(NamedTuple):
    """The runs that differ in nothing but the seed.

    Attributes:
        label: of the method, with what else tells it from the other groups.
        colour: of the method.
        dashes: line style; tells apart the groups of one method.
        rows: of the table, all seeds.
    """

    label: str
    colour: Colour
    dashes: Dashes
    rows: pd.DataFrame

    @property
    def seeds(self) -> list[pd.DataFrame]:
        """The rows of each seed."""
        return [rows for _, rows in self.rows.groupby("seed", sort=True)]


def read_runs(
    paths: Iterable[str | Path], reader: Callable[[Path], pd.DataFrame] = pd.read_csv
) -> pd.DataFrame:
    """Return the tables of runs, one below the other.

    Args:
        paths: .../{discriminator}/{method}/{learning rates}/seed{seed}/{file}.
        reader: reads one file.

    Returns:
        The tables with the columns discriminator, method, learning_rates and seed, as texts.
    """
    tables = [reader(Path(path)).assign(**run_of(Path(path))) for path in paths]
    if not tables:
        return pd.DataFrame(columns=RUN)
    return pd.concat(tables, ignore_index=True)


def at_chosen_rates(runs: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the runs at the learning rates that their methods chose, as `summarise` writes them."""
    chosen = grid[grid["chosen"].astype(bool)].set_index(METHOD).index
    return runs[runs.set_index(METHOD).index.isin(chosen)]


def read_metrics(path: Path) -> pd.DataFrame:
    """Read a metrics.csv or a ceiling.csv, whose bins are "0", "1", ..., "all" and "mean"."""
    return pd.read_csv(path, dtype={"bin": str})


def read_curves(path: Path) -> pd.DataFrame:
    """Read a curves.csv; the column `point` numbers the points along each curve."""
    curves = pd.read_csv(path)
    return curves.assign(point=curves.groupby("space").cumcount())


def read_examples(path: Path) -> pd.DataFrame:
    """Read an examples.npz: one row per shower, `energy` holding its image in MeV, shape (30, 30)."""
    with np.load(path) as file:
        energy = list(file["energy"])
    return pd.DataFrame({"example": range(len(energy)), "energy": energy})


def by_size(learning_rates: str) -> tuple[float, ...]:
    """Order pairs by the generator's and then the discriminator's rate, from large to small."""
    return tuple(-float(rate) for rate in learning_rates.split("_"))


def groups(style: Style, runs: pd.DataFrame) -> list[Group]:
    """Return the groups in a table of runs, in the order of the style's methods, from large learning rates to small.

    The learning rates and the discriminator stand in a label only where labels would be equal without them.
    """
    found = []
    several_discriminators = len(runs["discriminator"].unique()) > 1
    for method, label in style.labels.items():
        rows = runs[runs["method"] == method]
        several_rates = len(rows["learning_rates"].unique()) > 1
        parts = rows.groupby(["discriminator", "learning_rates"])
        ordered = sorted(parts, key=lambda part: (part[0][0], by_size(str(part[0][1]))))
        for number, ((discriminator, rates), part) in enumerate(ordered):
            extra = [str(discriminator)] * several_discriminators
            if several_rates:
                extra.append("({})".format(str(rates).replace("_", ", ")))
            dashes = DASHES[number % len(DASHES)]
            found.append(Group(" ".join([label, *extra]), style.colour(method), dashes, part))
    return found
