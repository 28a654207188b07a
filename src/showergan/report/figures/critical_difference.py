"""Average ranks of all methods (Demšar 2006)."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from showergan.config.evaluation import LEVEL
from showergan.report.layout import empty_figure, new_figure
from showergan.report.runs import SCORES, shown
from showergan.report.style import Style
from showergan.report.texts import counted, labelled, records, wrapped

RANKED = ("bins-E", "bins-P")

# Of a panel of ranks.
LINE_INCH = 0.21  # its unit of height
JOIN_STEP = 0.35  # between joining lines, in that unit
SIDE = 0.65  # room for labels on either side, in lengths of the axis
LABEL_WIDTH = 36  # letters that fit there


def critical_difference(style: Style, ranks: pd.DataFrame) -> Figure:
    """Draw average ranks; a thick line joins methods that the Nemenyi test cannot separate (Demšar 2006).

    Where the Friedman test finds no difference at all, one line joins all methods.
    """
    rows = labelled(ranks[ranks["score"].isin(shown(RANKED, ranks["score"]))], style.labels)
    rows = rows[rows["average_rank"].notna() & (rows["n_methods"] > 1)]
    panels = [group for _, group in rows.groupby(["architecture", "score"], sort=False)]
    if not panels:
        return empty_figure("Nothing to rank: no two methods have a seed in common.")
    depths = [_depth(group) for group in panels]
    figure = new_figure(sum(LINE_INCH * depth + 0.6 for depth in depths))
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=depths)[:, 0]
    several = len(rows["architecture"].unique()) > 1
    for panel, group in zip(axes, panels, strict=True):
        _rank_axis(panel, group.sort_values("average_rank", kind="stable"), style)
        score = str(group["score"].iloc[0])
        head = f"{group['architecture'].iloc[0]}, " * several + SCORES.get(score, score)
        first = group.iloc[0]
        basis = [counted("seed", *group["n_seeds"])]
        if pd.notna(first["friedman_p"]):
            basis.append(f"Friedman p = {first['friedman_p']:.2g}")
        basis.append(f"critical difference {first['critical_difference']:.2f}")
        if first["critical_difference"] > first["n_methods"] - 1:
            basis.append("too few seeds to separate any")
        panel.set_title(f"{head}\n{', '.join(basis)}")
    return figure


def joined(positions: list[float], reach: float) -> list[tuple[float, float]]:
    """Return the ends of the largest groups of sorted positions that span less than `reach`."""
    groups: list[tuple[int, int]] = []
    for first, start in enumerate(positions):
        within = (i for i, end in enumerate(positions) if end - start < reach)
        last = max(within, default=first)  # of no numbers none
        if last > first and (not groups or last > groups[-1][1]):
            groups.append((first, last))
    return [(positions[first], positions[last]) for first, last in groups]


def _rank_axis(axes: Axes, group: pd.DataFrame, style: Style) -> None:
    """Draw the methods of one score, sorted by rank, around an axis of ranks; y counts lines downwards."""
    k, reach = int(group["n_methods"].iloc[0]), group["critical_difference"].iloc[0]
    joins = _joins(group)
    axes.set(xlim=(1 - SIDE * (k - 1), k + SIDE * (k - 1)), ylim=(_depth(group) - 2.2, -2.2))
    axes.axis("off")
    above: Any = {"ha": "center", "va": "bottom", "fontsize": "small"}
    axes.plot([1, k], [0, 0], color="black", linewidth=1)
    for rank in range(1, k + 1):
        axes.plot([rank, rank], [0, -0.2], color="black", linewidth=1)
        axes.text(rank, -0.3, str(rank), **above)
    middle = (1 + k) / 2
    ends = [middle - reach / 2, middle + reach / 2]
    axes.plot(ends, [-1.5, -1.5], "|-", color="black", linewidth=1, markersize=6)
    axes.text(middle, -1.65, "critical difference", **above)
    for level, (first, last) in enumerate(joins):
        pad = 0.012 * (k - 1)
        y = 0.4 + JOIN_STEP * level
        axes.plot([first - pad, last + pad], [y, y], color="black", linewidth=3.5, zorder=3)
    top = 0.9 + JOIN_STEP * len(joins)
    left = (k + 1) // 2
    for i, row in enumerate(records(group)):
        y = top + _step(group) * (i if i < left else k - 1 - i)
        end, way = (1, -1) if i < left else (k, 1)  # of the axis, to the label
        margin = end + way * 0.05 * (k - 1)
        rank, line = row["average_rank"], style.line(row["method"])
        axes.plot([rank, rank, margin], [0, y, y], color="0.45", linewidth=1)
        axes.plot(rank, 0, "o", color="black", markersize=4, zorder=4, clip_on=False)
        # The marker and the rank stand at the label: on the axis those of equal ranks would hide each other.
        axes.plot(margin, y, line.marker, color=line.colour, markersize=6, zorder=4, clip_on=False)
        text = f"{wrapped(row['label'], LABEL_WIDTH)} ({rank:.2f})"
        place: Any = {"ha": "right" if way < 0 else "left", "va": "center", "fontsize": "small"}
        axes.text(margin + way * 0.03 * (k - 1), y, text, **place)


def _joins(group: pd.DataFrame) -> list[tuple[float, float]]:
    """Return the lines that join what cannot be separated; only a Friedman test that rejects allows any other."""
    differ = not group["friedman_p"].iloc[0] > LEVEL
    reach = group["critical_difference"].iloc[0] if differ else math.inf
    return joined(sorted(group["average_rank"]), reach)


def _step(group: pd.DataFrame) -> float:
    """Return the distance of two labels in lines."""
    return 1.9 if group["label"].str.len().max() > LABEL_WIDTH else 1.0


def _depth(group: pd.DataFrame) -> float:
    """Return the height of a panel in lines: the scale and the axis, the joining lines, the labels."""
    labels = _step(group) * ((len(group) + 1) // 2 - 1) + 0.3
    return 3.5 + JOIN_STEP * len(_joins(group)) + labels
