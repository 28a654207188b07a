"""The lines that tables of many runs make in a figure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from showergan.comparison.runs import METHOD
from showergan.report.labels import pair
from showergan.report.layout import Key
from showergan.report.style import MARKERS, Colour, Dashes, Style

# Thin lines; by their colour they belong to the thick one of their method.
SEED: dict[str, Any] = {"linewidth": 0.8, "alpha": 0.45, "linestyle": "-", "marker": ""}
MEAN: dict[str, Any] = {"linewidth": 2.0, "zorder": 3}  # thick ones
MARKED = 8  # points of a long line that get a marker
WIDE = 30.0  # a range of values beyond which an axis is logarithmic


class Group(NamedTuple):
    """The runs that differ in nothing but the seed.

    Attributes:
        label: of the method, with what else tells it from the other groups.
        colour: of the method.
        marker: of the method.
        dashes: of the method; those of its further groups are others.
        rows: of the table, all seeds.
    """

    label: str
    colour: Colour
    marker: str
    dashes: Dashes
    rows: pd.DataFrame

    @property
    def method(self) -> str:
        """The method."""
        return str(self.rows["method"].iloc[0])

    @property
    def seeds(self) -> list[pd.DataFrame]:
        """The rows of each seed."""
        return [rows for _, rows in self.rows.groupby("seed", sort=True)]

    def draw(self, axes: Axes, rows: pd.DataFrame, x: Hashable, y: Hashable, **look: Any) -> None:
        """Draw a line through two columns of a table in the look of the group, with a few markers if it is long."""
        own: dict[str, Any] = {**self.line, "markersize": 5, **look}
        if len(rows) == 1:  # which no line would show
            own["marker"] = own["marker"] or "."
        if len(rows) > 3 * MARKED:
            step = len(rows) // MARKED
            # Lines that lie on each other have their markers at different places.
            own["markevery"] = (step * MARKERS.index(self.marker) // len(MARKERS), step)
        axes.plot(rows[x], rows[y], **own)

    @property
    def line(self) -> dict[str, Any]:
        """The properties of a line in the look of the group."""
        return {"color": self.colour, "marker": self.marker, "linestyle": self.dashes}

    def draw_seeds(self, axes: Axes, x: Hashable, y: Hashable, look: dict[str, Any] = SEED) -> None:
        """Draw a line for each seed."""
        for rows in self.seeds:
            self.draw(axes, rows, x, y, **look)


def at_chosen_rates(runs: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the runs at the learning rates that their methods chose, as `summarise` writes them."""
    chosen = grid[grid["chosen"].astype(bool)].set_index(METHOD).index
    return runs[runs.set_index(METHOD).index.isin(chosen)]


def by_size(learning_rates: str) -> tuple[float, ...]:
    """Order pairs by the generator's and then the discriminator's rate, from large to small."""
    return tuple(-float(rate) for rate in learning_rates.split("_"))


def groups(style: Style, runs: pd.DataFrame) -> list[Group]:
    """Return the groups in a table of runs, in the order of the style's methods, from large learning rates to small.

    The learning rates and the architecture stand in a label only where labels would be equal without them.
    """
    found = []
    several_architectures = runs["architecture"].nunique() > 1
    for method, label in style.labels.items():
        rows = runs[runs["method"] == method]
        several_rates = rows["learning_rates"].nunique() > 1
        parts = rows.groupby(["architecture", "learning_rates"])
        ordered = sorted(parts, key=lambda part: (part[0][0], by_size(str(part[0][1]))))
        for number, ((architecture, rates), part) in enumerate(ordered):
            name = label + f" {architecture}" * several_architectures
            name += f" ({pair(str(rates))})" * several_rates
            found.append(Group(name, *style.look(method, number), part))
    return found


def groups_with(style: Style, histories: pd.DataFrame, column: str) -> list[Group]:
    """Return the groups whose histories have a column; in a table of many runs it is empty for the others."""
    return groups(style, histories.dropna(subset=column)) if column in histories else []


def key(found: Iterable[Group]) -> Key:
    """Return the legend of groups."""
    return {g.label: {**g.line, "linewidth": 2.0, "markersize": 5} for g in found}


def scale_for(axes: Axes, values: pd.Series) -> None:
    """Make the y axis logarithmic if the values are positive and of a wide range."""
    finite = values[np.isfinite(values)]
    if len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min():
        axes.set_yscale("log")
