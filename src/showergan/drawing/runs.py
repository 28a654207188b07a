"""The lines that tables of many runs make in a figure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, Literal, NamedTuple

from showergan import comparison
from showergan.drawing.labels import pair
from showergan.drawing.layout import Key
from showergan.drawing.style import Colour, Style
from showergan.heavy import mpl, np, pd

Dashes = Literal["-", "--", ":", "-."]
DASHES: tuple[Dashes, ...] = ("-", "--", ":", "-.")
SEED: dict[str, Any] = {"linewidth": 0.8, "alpha": 0.55}  # thin lines
MEAN: dict[str, Any] = {"linewidth": 2.2, "zorder": 3}  # thick ones
WIDE = 30.0  # a range of values beyond which an axis is logarithmic


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
    def method(self) -> str:
        """The method."""
        return str(self.rows["method"].iloc[0])

    @property
    def seeds(self) -> list[pd.DataFrame]:
        """The rows of each seed."""
        return [rows for _, rows in self.rows.groupby("seed", sort=True)]

    def draw(
        self, axes: mpl.axes.Axes, rows: pd.DataFrame, x: Hashable, y: Hashable, **look: Any
    ) -> None:
        """Draw a line through two columns of a table; a single row is a point, which a line would not show."""
        own = {
            "color": self.colour,
            "linestyle": self.dashes,
            "marker": "." if len(rows) == 1 else "",
        }
        axes.plot(rows[x], rows[y], **{**own, **look})

    def draw_seeds(
        self, axes: mpl.axes.Axes, x: Hashable, y: Hashable, look: dict[str, Any] = SEED
    ) -> None:
        """Draw a line for each seed."""
        for rows in self.seeds:
            self.draw(axes, rows, x, y, **look)


def at_chosen_rates(runs: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the runs at the learning rates that their methods chose, as `summarise` writes them."""
    chosen = grid[grid["chosen"].astype(bool)].set_index(comparison.METHOD).index
    return runs[runs.set_index(comparison.METHOD).index.isin(chosen)]


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
            found.append(Group(name, style.colour(method), DASHES[number % len(DASHES)], part))
    return found


def groups_with(style: Style, histories: pd.DataFrame, column: str) -> list[Group]:
    """Return the groups whose histories have a column; in a table of many runs it is empty for the others."""
    return groups(style, histories.dropna(subset=column)) if column in histories else []


def key(found: Iterable[Group]) -> Key:
    """Return the legend of groups."""
    return {g.label: {"color": g.colour, "linestyle": g.dashes, "linewidth": 2.2} for g in found}


def scale_for(axes: mpl.axes.Axes, values: pd.Series) -> None:
    """Make the y axis logarithmic if the values are positive and of a wide range."""
    finite = values[np.isfinite(values)]
    if len(finite) and finite.min() > 0 and finite.max() > WIDE * finite.min():
        axes.set_yscale("log")
