"""Lines of many runs, and of the anchors: scores of real samples and of an untrained generator."""

from collections.abc import Collection, Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from showergan.comparison.compared import ALL, AREA, CHOSEN, POSITION
from showergan.comparison.learning_rates import counted
from showergan.metrics.conditional_prd import scores_over_epochs
from showergan.report.layout import Key
from showergan.report.style import MARKERS, Colour, Dashes, Style
from showergan.report.texts import pair, wrapped

# Thin lines; by their colour they belong to the thick one of their method.
SEED: dict[str, Any] = {"linewidth": 0.8, "alpha": 0.45, "linestyle": "-", "marker": ""}
MEAN: dict[str, Any] = {"linewidth": 2.0, "zorder": 3}  # thick ones
MARKED = 8  # points of a long line that get a marker
WIDE = 30.0  # a range of values beyond which an axis is logarithmic

# Of anchors: label, dashes, colour.
_ANCHORS: dict[str, tuple[str, tuple[float, ...], str]] = {
    "ceiling": ("real against real (ceiling)", (5, 3), "black"),
    "other_real": ("other real samples (no ceiling)", (12, 3), "black"),
    "shuffled": ("real, conditions shuffled (floor)", (1, 1.5), "0.25"),
    "untrained": ("untrained generator (floor)", (5, 2, 1, 2), "0.55"),
}
# The same where no lines are: what a floor is, its place says.
REFERENCES = {name: label.removesuffix(" (floor)") for name, (label, *_) in _ANCHORS.items()}

SCORES = {
    "bins-E": "bins-E: embedding, mean over bins",
    "bins-P": "bins-P: physics, mean over bins",
    "E": "E: embedding, all conditions",
    "P": "P: physics, all conditions",
}
CHOICES = {ALL: "all, as an area", CHOSEN: "as chosen"}  # of learning rates, in place of a pair
COMPARED = ("bins-E", "bins-P", "E")  # by figures and tables of verdicts


class Group(NamedTuple):
    """The runs that differ in nothing but the seed: their label and line, and their rows of the table."""

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

    @property
    def line(self) -> dict[str, Any]:
        """The properties of a line of the group."""
        return {"color": self.colour, "marker": self.marker, "linestyle": self.dashes}

    def draw(self, axes: Axes, rows: pd.DataFrame, x: Hashable, y: Hashable, **style: Any) -> None:
        """Draw a line through two columns of a table in the style of the group, with a few markers if it is long."""
        own: dict[str, Any] = {**self.line, "markersize": 5, **style}
        if len(rows) == 1:  # which no line would show
            own["marker"] = own["marker"] or "."
        if len(rows) > 3 * MARKED:
            step = len(rows) // MARKED
            # Lines that lie on each other have their markers at different places.
            own["markevery"] = (step * MARKERS.index(self.marker) // len(MARKERS), step)
        axes.plot(rows[x], rows[y], **own)

    def draw_seeds(self, axes: Axes, x: str, y: str, style: dict[str, Any] = SEED) -> None:
        """Draw a line for each seed."""
        for rows in self.seeds:
            self.draw(axes, rows, x, y, **style)


def draw_runs(
    axes: Axes,
    found: Iterable[Group],
    x: str,
    y: str,
    by: str = "",
    average: str = "mean",
    **how: Any,
) -> None:
    """Draw thin lines, which are seeds, and for each group a thick one, their average over points of equal `by`.

    By default `by` is x. `average` is a method of pandas' groups with the options `how`.
    """
    for group in found:
        group.draw_seeds(axes, x, y)
        points = group.rows.groupby(by or x)[[x, y]].agg(average, **how)
        group.draw(axes, points, x, y, **MEAN)


def at_chosen_rates(runs: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the runs that methods are judged by, by the learning rates that `choose` writes."""
    return runs[counted(runs, grid)]


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
            found.append(Group(name, *style.line(method, number), part))
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


def anchor_line(anchor: Hashable) -> dict[str, Any]:
    """Return the properties of the line of an anchor."""
    _, dashes, colour = _ANCHORS[str(anchor)]
    return {"color": colour, "linestyle": (0, dashes), "linewidth": 1.1}


def anchor_scores(anchors: pd.DataFrame) -> pd.DataFrame:
    """Return PRD-AUC of the anchors (columns) by score (rows, for example bins-E)."""
    scores = scores_over_epochs(anchors).pivot_table("value", "score", "anchor")
    return scores[[name for name in _ANCHORS if name in scores]]


def draw_anchors(axes: Axes, values: pd.DataFrame, row: str) -> None:
    """Draw a horizontal line for each anchor that has a value in a row of a table."""
    for name, column in values.items():
        if np.isfinite(value := column.get(row, np.nan)):
            axes.axhline(value, zorder=1, **anchor_line(name))


def anchor_key(names: Collection[Hashable]) -> Key:
    """Return the legend of some anchors."""
    return {label: anchor_line(name) for name, (label, *_) in _ANCHORS.items() if name in names}


def shown(known: Iterable[str], there: Iterable[str]) -> list[str]:
    """Return the known names among those there are, in their order; where none is known all, of nothing the known."""
    found = set(there)
    return [name for name in known if name in found] or sorted(found) or list(known)


def compared_scores(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the scores that figures and tables compare, by score; an area has the name of its score."""
    rows = verdicts.assign(score=verdicts["score"].astype(str).str.removeprefix(AREA))
    there = list(dict.fromkeys(rows["score"]))
    scores = [*shown(COMPARED, there), *(name for name in there if name.startswith(POSITION))]
    order = {score: i for i, score in enumerate(dict.fromkeys(scores))}
    rows = rows[rows["score"].isin(order)]
    return rows.sort_values("score", key=lambda score: score.map(order), kind="stable")


def titled(score: str, *further: str, columns: int) -> str:
    """Return the title of a panel of a score, one of so many beside each other, with further lines, all as they fit."""
    parts = *SCORES.get(score, score).split(": "), *further
    return "\n".join(wrapped(part, 78 // max(columns, 3)) for part in parts)


def sample_size(scores: pd.DataFrame, score: str) -> str:
    """Return the number of samples n and of clusters K, which a PRD-AUC must not be read without.

    A mean over bins goes with the smallest of each: small bins get fewer clusters.
    """
    rows = scores[scores["score"] == score]
    if rows.empty:
        return "no values"
    if rows["value"].isna().all():
        return "undefined"
    n, clusters, most = rows["n"].min(), rows["clusters"].min(), scores["clusters"].max()
    if not score.startswith("bins-"):
        return f"n = {n:.0f}, K = {clusters:.0f}"
    fewer = f"{clusters:.0f} to " if clusters < most else ""
    return f"n \N{GREATER-THAN OR EQUAL TO} {n:.0f} per bin, K = {fewer}{most:.0f}"
