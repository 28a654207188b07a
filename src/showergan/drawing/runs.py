"""The lines that tables of many runs make in a figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from showergan import comparison
from showergan.drawing.style import Colour, Style
from showergan.heavy import mpl, pd

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
    several_architectures = len(runs["architecture"].unique()) > 1
    for method, label in style.labels.items():
        rows = runs[runs["method"] == method]
        several_rates = len(rows["learning_rates"].unique()) > 1
        parts = rows.groupby(["architecture", "learning_rates"])
        ordered = sorted(parts, key=lambda part: (part[0][0], by_size(str(part[0][1]))))
        for number, ((architecture, rates), part) in enumerate(ordered):
            extra = [str(architecture)] * several_architectures
            if several_rates:
                extra.append("({})".format(str(rates).replace("_", ", ")))
            dashes = DASHES[number % len(DASHES)]
            found.append(Group(" ".join([label, *extra]), style.colour(method), dashes, part))
    return found


def key(found: Iterable[Group]) -> tuple[list[mpl.lines.Line2D], list[str]]:
    """Return the handles and labels of groups for a legend."""
    handles, labels = [], []
    for group in found:
        handles.append(
            mpl.lines.Line2D([], [], color=group.colour, linestyle=group.dashes, linewidth=2.2)
        )
        labels.append(group.label)
    return handles, labels
