"""Verdicts on methods: differences to a baseline as a figure and as a table, and ranks of all methods."""

import math
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from showergan.comparison.verdicts import CHOSEN, FLOORS, LEVEL
from showergan.rendering.nothing import nothing
from showergan.rendering.runs import by_size
from showergan.rendering.scores import SCORES
from showergan.rendering.style import Colour, Style, legend_below, new_figure, themed, wrapped
from showergan.rendering.tables import Parts

COMPARED = ("bins-E", "bins-P", "E")
RANKED = ("bins-E", "bins-P")

# Meaning, marker, whether it is filled, and line of the interval: the surer a verdict, the more ink.
LOOKS = {
    "decided": ("better or worse (p \N{LESS-THAN OR EQUAL TO} 0.05 after Holm)", "o", True, "-"),
    "undecided": ("undecided", "o", False, "-"),
    "too few seeds": ("too few seeds to decide", "D", False, ":"),
}

NOISE = "0.9"  # grey of differences within noise

# Of a panel of ranks.
LINE_INCH = 0.21  # its unit of height
BAR_STEP = 0.35  # between joining lines, in that unit
SIDE = 0.65  # room for labels on either side, in lengths of the axis
LABEL_WIDTH = 36  # letters that fit there


@themed
def differences(style: Style, verdicts: pd.DataFrame) -> Figure:
    """Draw the mean paired difference of each method to the baseline, with its 95 % bootstrap interval.

    A row of panels per pair of learning rates, from large to small, and one for the pairs that the methods chose; a
    column per score. The panels of a column share their scale, so that what a rate does can be seen.

    Args:
        style: of all figures.
        verdicts: as `evaluation.verdicts.verdicts` returns them.
    """
    rows = _labelled(verdicts[verdicts["score"].isin(COMPARED)], style.labels)
    if rows.empty:
        return nothing("Nothing to compare: the baseline or every other method was left out.")
    baseline = rows["baseline"].iloc[0]
    scores = [score for score in COMPARED if score in set(rows["score"])]
    choices = sorted(set(rows["learning_rates"]), key=_in_order)
    # Not every method need be trained at every pair: a row of panels is as high as it has methods.
    parts = [rows[rows["learning_rates"] == choice] for choice in choices]
    lines = [list(dict.fromkeys(part["label"])) for part in parts]
    heights = [max(1.4, 0.4 * len(names) + 0.5) for names in lines]
    figure = new_figure(1.6 + sum(heights))
    axes = figure.subplots(
        len(choices), len(scores), sharex="col", sharey="row", squeeze=False, height_ratios=heights
    )
    for line, choice, here, names in zip(axes, choices, parts, lines, strict=True):
        for panel, score in zip(line, scores, strict=True):
            shown = here[here["score"] == score]
            for row in _records(shown):
                _difference(panel, names.index(row["label"]), row, style)
            _noise(panel, shown["noise_floor"].max())
            panel.axvline(0, color="0.4", linewidth=1, zorder=1)
            panel.grid(axis="x", color="0.9", linewidth=0.8)
            panel.locator_params(axis="x", nbins=5)
            panel.tick_params(axis="y", length=0)
        line[0].set_yticks(range(len(names)), [wrapped(name, 30) for name in names])
        line[0].set_ylim(len(names) - 0.5, -0.5)
        if len(choices) > 1:
            line[0].set_ylabel(_head(choice))
    for panel, score in zip(axes[0], scores, strict=True):
        title = SCORES[score].replace(": ", "\n")
        seeds = _seeds(rows[rows["score"] == score])
        panel.set_title(f"{title}\n{seeds}", fontsize="medium")
    figure.align_ylabels(axes[:, 0])
    axes[-1, len(scores) // 2].set_xlabel(
        f"PRD-AUC on test minus that of {style.labels.get(baseline, baseline)};"
        " at the right, seeds in the direction of the mean"
    )
    kinds = [kind for kind in LOOKS if kind in set(rows["verdict"].map(_kind))]
    handles: list[Artist] = [Line2D([], [], **_look(kind, "0.3")) for kind in kinds]
    texts = [LOOKS[kind][0] for kind in kinds]
    if rows["noise_floor"].notna().any():
        handles.append(Patch(color=NOISE))
        texts.append("within the noise between equal methods")
    legend_below(figure, handles, texts)
    return figure


@themed
def critical_difference(style: Style, ranks: pd.DataFrame) -> Figure:
    """Draw average ranks; a thick line joins methods that the Nemenyi test cannot separate (Demšar 2006).

    Where the Friedman test finds no difference at all, one line joins all methods.

    Args:
        style: of all figures.
        ranks: as `evaluation.verdicts.ranks` returns them.
    """
    rows = _labelled(ranks[ranks["score"].isin(RANKED)], style.labels)
    rows = rows[rows["average_rank"].notna() & (rows["n_methods"] > 1)]
    panels = [group for _, group in rows.groupby(["discriminator", "score"], sort=False)]
    if not panels:
        return nothing("Nothing to rank: no two methods have a seed in common.")
    depths = [_depth(group) for group in panels]
    figure = new_figure(sum(LINE_INCH * depth + 0.6 for depth in depths))
    axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=depths)[:, 0]
    several = len(rows["discriminator"].unique()) > 1
    for panel, group in zip(axes, panels, strict=True):
        _rank_axis(panel, group.sort_values("average_rank", kind="stable"), style)
        head = f"{group['discriminator'].iloc[0]}, " * several + SCORES[group["score"].iloc[0]]
        panel.set_title(f"{head}\n{_tested(group)}", fontsize="medium")
    return figure


def verdict_table(verdicts: pd.DataFrame, labels: dict[str, str]) -> Parts:
    """Return the verdicts as people read them: a part per score, a row per choice of learning rates and method.

    Args:
        verdicts: as `evaluation.verdicts.verdicts` returns them.
        labels: names of the methods in their order; other methods are left out.
    """
    rows = _labelled(verdicts, labels)
    parts = {}
    for score in [score for score in COMPARED if score in set(rows["score"])]:
        part = rows[rows["score"] == score]
        texts = [
            _texts(row)
            for rates in dict.fromkeys(part["learning_rates"])
            for row in _records(part[part["learning_rates"] == rates])
        ]
        name = labels.get(part["baseline"].iloc[0], part["baseline"].iloc[0])
        parts[f"{SCORES[score]}, minus that of {name}"] = pd.DataFrame(texts, dtype=str)
    return parts or {"There is nothing to compare": pd.DataFrame(columns=["method", "verdict"])}


def joined(positions: list[float], reach: float) -> list[tuple[float, float]]:
    """Return the ends of the largest groups of sorted positions that span less than `reach`."""
    groups: list[tuple[int, int]] = []
    for first, start in enumerate(positions):
        last = max(i for i, end in enumerate(positions) if end - start < reach)
        if last > first and (not groups or last > groups[-1][1]):
            groups.append((first, last))
    return [(positions[first], positions[last]) for first, last in groups]


def _labelled(rows: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return the rows of labelled methods in the order of the labels, with the column `label`.

    The discriminator stands in a label only where there are several.
    """
    place = {method: i for i, method in enumerate(labels)}
    rows = rows[rows["method"].isin(labels)].sort_values(
        "method", key=lambda methods: methods.map(place), kind="stable"
    )
    label = rows["method"].map(labels)
    if len(rows["discriminator"].unique()) > 1:
        label = label + " " + rows["discriminator"]
    return rows.assign(label=label)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """Return the row of the table."""
    seeds, verdict = direction(row), row["verdict"]
    if row["n_unpaired"]:
        seeds += f" ({row['n_unpaired']} unpaired)"
    if verdict == "too few seeds":
        verdict += f": {row['n_pairs']} of {row['n_needed']}"
    if row["within_noise"]:
        verdict += "; within noise"
    difference = "" if math.isnan(row["mean_difference"]) else f"{row['mean_difference']:+.3f}"
    if not math.isnan(row["low"]):
        difference += f" [{row['low']:+.3f}, {row['high']:+.3f}]"
    return {
        "learning rates": pair(row["learning_rates"]),
        "method": row["label"],
        "difference [95 percent]": difference,
        "noise": "" if math.isnan(row["noise_floor"]) else f"{row['noise_floor']:.3f}",
        "seeds in its direction": seeds,
        "r": "" if math.isnan(row["seed_correlation"]) else f"{row['seed_correlation']:+.2f}",
        "p (Holm)": _p(row["p_holm"]),
        "verdict": verdict,
    }


def pair(learning_rates: str) -> str:
    """Return a pair of learning rates, generator and discriminator, as people read it; "chosen" stays."""
    return learning_rates.replace("_", ", ")


def direction(row: dict[str, Any]) -> str:
    """Return how many seeds agree with the mean difference in its sign."""
    return f"{row['same_direction']} of {row['n_pairs']}"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "below 0.001"


def _in_order(choice: str) -> tuple[bool, tuple[float, ...]]:
    """Order pairs of learning rates from large to small; what was chosen among them comes last."""
    is_chosen = choice == CHOSEN
    return is_chosen, () if is_chosen else by_size(choice)


def _head(choice: str) -> str:
    """Return the title of the panels of one choice of learning rates."""
    return "Learning rates\n" + ("as chosen" if choice == CHOSEN else pair(choice))


def _kind(verdict: str) -> str:
    return verdict if verdict in LOOKS else "decided"


def _look(verdict: str, colour: Colour | str) -> dict[str, Any]:
    """Return the look of a difference, as matplotlib draws it."""
    _, marker, filled, line = LOOKS[_kind(verdict)]
    return {
        "color": colour,
        "linestyle": line,
        "linewidth": 2,
        "marker": marker,
        "markersize": 6,
        "markerfacecolor": colour if filled else "white",
    }


def _noise(axes: Axes, floor: float) -> None:
    """Shade the differences that methods without a difference may well have."""
    if not math.isnan(floor):
        axes.axvspan(-FLOORS * floor, FLOORS * floor, color=NOISE, zorder=0)


def _difference(axes: Axes, y: int, row: dict[str, Any], style: Style) -> None:
    """Draw one difference with its interval; a single pair has none."""
    look = _look(row["verdict"], style.colour(row["method"]))
    axes.plot([row["low"], row["high"]], [y, y], **{**look, "marker": ""})
    axes.plot(row["mean_difference"], y, **look)
    axes.text(
        1.02,
        y,
        f"{row['same_direction']}/{row['n_pairs']}",
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize="x-small",
        color="0.3",
    )


def _rank_axis(axes: Axes, group: pd.DataFrame, style: Style) -> None:
    """Draw the methods of one score, sorted by rank, around an axis of ranks; y counts lines downwards."""
    k, reach = int(group["n_methods"].iloc[0]), group["critical_difference"].iloc[0]
    bars = _bars(group)
    axes.set(xlim=(1 - SIDE * (k - 1), k + SIDE * (k - 1)), ylim=(_depth(group) - 2.2, -2.2))
    axes.axis("off")
    axes.plot([1, k], [0, 0], color="black", linewidth=1)
    for rank in range(1, k + 1):
        axes.plot([rank, rank], [0, -0.2], color="black", linewidth=1)
        axes.text(rank, -0.3, str(rank), ha="center", va="bottom", fontsize="small")
    middle = (1 + k) / 2
    ends = [middle - reach / 2, middle + reach / 2]
    axes.plot(ends, [-1.5, -1.5], "|-", color="black", linewidth=1, markersize=6)
    axes.text(middle, -1.65, "critical difference", ha="center", va="bottom", fontsize="small")
    for level, (first, last) in enumerate(bars):
        pad = 0.012 * (k - 1)
        y = 0.4 + BAR_STEP * level
        axes.plot([first - pad, last + pad], [y, y], color="black", linewidth=3.5, zorder=3)
    top = 0.9 + BAR_STEP * len(bars)
    records, left = _records(group), (k + 1) // 2
    for i, row in enumerate(records):
        is_left = i < left
        y = top + _step(group) * (i if is_left else len(records) - 1 - i)
        _elbow(axes, row, y, (1 if is_left else k, -1 if is_left else 1), k, style)


def _elbow(
    axes: Axes, row: dict[str, Any], y: float, side: tuple[int, int], k: int, style: Style
) -> None:
    """Draw the line from the rank of a method to its label; side is the end of the axis and the way out."""
    rank, colour, (end, way) = row["average_rank"], style.colour(row["method"]), side
    margin = end + way * 0.05 * (k - 1)
    axes.plot([rank, rank, margin], [0, y, y], color=colour, linewidth=1.4)
    axes.plot(rank, 0, "o", color=colour, markersize=5, zorder=4, clip_on=False)
    axes.text(
        margin + way * 0.015 * (k - 1),
        y,
        wrapped(row["label"], LABEL_WIDTH),
        ha="right" if way < 0 else "left",
        va="center",
        fontsize="small",
    )


def _bars(group: pd.DataFrame) -> list[tuple[float, float]]:
    """Return the lines that join what cannot be separated; only a Friedman test that rejects allows any other."""
    differ = not group["friedman_p"].iloc[0] > LEVEL
    reach = group["critical_difference"].iloc[0] if differ else math.inf
    return joined(sorted(group["average_rank"]), reach)


def _step(group: pd.DataFrame) -> float:
    """Return the distance of two labels in lines."""
    return 1.9 if group["label"].str.len().max() > LABEL_WIDTH else 1.0


def _depth(group: pd.DataFrame) -> float:
    """Return the height of a panel in lines: the bar and the axis, the joining lines, the labels."""
    return 3.5 + BAR_STEP * len(_bars(group)) + _step(group) * ((len(group) + 1) // 2 - 1) + 0.3


def _tested(group: pd.DataFrame) -> str:
    """Return what the ranks of one score rest on."""
    first = group.iloc[0]
    told = [f"{first['n_seeds']} seeds" if first["n_seeds"] > 1 else "1 seed"]
    if pd.notna(first["friedman_p"]):
        told.append(f"Friedman p = {first['friedman_p']:.2g}")
    told.append(f"critical difference {first['critical_difference']:.2f}")
    if first["critical_difference"] > first["n_methods"] - 1:
        told.append("too few seeds to separate any")
    return ", ".join(told)


def _seeds(rows: pd.DataFrame) -> str:
    """Return how many pairs of runs the differences rest on."""
    least, most = rows["n_pairs"].min(), rows["n_pairs"].max()
    number = f"{least}" if least == most else f"{least} to {most}"
    return f"{number} paired seed" if number == "1" else f"{number} paired seeds"
