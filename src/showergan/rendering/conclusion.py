"""What a run found, in a page for a terminal."""

import math
import textwrap
from collections.abc import Hashable
from typing import Any

import pandas as pd

from showergan.evaluation.bars import FACTOR, FRACTION
from showergan.evaluation.verdicts import CHOSEN
from showergan.rendering.numbers import compact, plus_minus
from showergan.rendering.verdicts import pair

WIDTH = 100  # letters
LABEL_WIDTH = 36

# Of the bars that every method with SN has to meet: column of the table of methods, and what the bar is.
OF_METHODS = {
    "fraction": ("E/ceiling", f"PRD-AUC over E at least {FRACTION:g} of its ceiling"),
    "shuffled": ("/shuffled", "bins-E above that of real showers with shuffled conditions"),
    "energy": ("energy", f"mean energy within a factor {FACTOR:g} of real showers"),
}


def conclusion(
    run: str,
    labels: dict[str, str],
    summary: pd.DataFrame,
    verdicts: pd.DataFrame,
    robustness: pd.DataFrame,
    bars: pd.DataFrame,
) -> str:
    """Return what was compared, what came out, which bars the run meets, and where to look.

    Args:
        run: its name.
        labels: names of the methods in their order.
        summary: as `summarise` writes it.
        verdicts: as `evaluation.verdicts.verdicts` returns them.
        robustness: as `evaluation.robustness.robustness` returns it.
        bars: as `evaluation.bars.bars` returns them.
    """
    score = str(robustness["score"].iloc[0])
    lines = [
        _compared(run, summary),
        *_scores(labels, summary, robustness, bars, score),
        *_verdicts(labels, verdicts[verdicts["score"] == score], score),
        "Bars for the methods with SN at the learning rates they chose, by their worst seed:",
        *_bars(bars),
        f"Look at results/{run}/figures/, results/{run}/tables/ and, after make, report.html.",
    ]
    return "\n".join(lines) + "\n"


def _compared(run: str, summary: pd.DataFrame) -> str:
    rates = summary.groupby("method")["learning_rates"].nunique()
    each = (
        _count(rates.max(), "pair")
        if rates.min() == rates.max()
        else f"{rates.min()} to {rates.max()} pairs"
    )
    seeds = summary["seed"].nunique()
    discriminator = ", ".join(summary["discriminator"].unique())
    return (
        f"Run {run}: {_count(summary['method'].nunique(), 'method')} at "
        f"{each} of learning rates, {_count(seeds, 'seed')} each, "
        f"{discriminator} discriminator."
    )


def _scores(
    labels: dict[str, str],
    summary: pd.DataFrame,
    robustness: pd.DataFrame,
    bars: pd.DataFrame,
    score: str,
) -> list[str]:
    """Return a line per method: its score at the best and the worst learning rates."""
    ends = summary[summary["score"] == score].iloc[0]
    several = bool((robustness["n_rates"] > 1).any())
    held = bars.set_index(["bar", "subject"])["value"]
    rows = []
    for method, label in labels.items():
        for row in robustness[robustness["method"] == method].to_dict("records"):
            line = {"method": textwrap.shorten(label, LABEL_WIDTH, placeholder=" ...")}
            line["best" if several else score] = _fixed(row["best"], 3)
            if len(set(robustness["n_rates"])) > 1:
                line["pairs"] = str(row["n_rates"])
            if several:
                line["worst"] = _fixed(row["worst"], 3)
                line["worst/best"] = _fixed(row["robustness"], 2)
            for bar, (column, _) in OF_METHODS.items():
                if bar == "fraction" and math.isnan(ends["ceiling"]):
                    continue
                line[column] = compact(held[bar, method]) if (bar, method) in held.index else ""
            rows.append(line)
    among = " at the best and the worst rates" * several
    head = (
        f"Mean {score} on test{among} ({_real(ends)}, shuffled conditions {ends['shuffled']:.3f}):"
    )
    return [*textwrap.wrap(head, WIDTH), *_aligned(rows)]


def _real(ends: pd.Series) -> str:
    """Return what real showers score."""
    if math.isnan(ends["ceiling"]):
        return f"other real showers {ends['other_real']:.3f}, no exact ceiling"
    return f"real showers {plus_minus(ends['ceiling'], ends['ceiling_sd'])}"


def _aligned(rows: list[dict[str, str]]) -> list[str]:
    """Return lines of a table: the first column to the left, numbers to the right."""
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    first, *others = (max(map(len, column)) for column in zip(*cells, strict=True))
    lines = [
        "  ".join([label.ljust(first), *(n.rjust(w) for n, w in zip(numbers, others, strict=True))])
        for label, *numbers in cells
    ]
    return [f"  {line}".rstrip() for line in lines]


def _verdicts(labels: dict[str, str], rows: pd.DataFrame, score: str) -> list[str]:
    """Return a line per choice of learning rates: which methods differ from the baseline in every seed."""
    rows = rows[rows["method"].isin(labels)]
    if rows.empty:
        return ["Verdicts do not apply: the baseline or every other method was left out."]
    baseline = labels.get(rows["baseline"].iloc[0], str(rows["baseline"].iloc[0]))
    n, needed = int(rows["n_pairs"].max()), int(rows["n_needed"].max())
    power = f"{_count(n, 'seed')} decide nothing at 5 %, {needed} could"
    head = f"Minus that of {baseline}, where all seeds agree ({power if n < needed else '*: decided at 5 %'}):"
    lines = textwrap.wrap(head, WIDTH)
    choices = [c for c in rows["learning_rates"].unique() if c != CHOSEN]
    for choice in [*choices, CHOSEN] if CHOSEN in set(rows["learning_rates"]) else choices:
        here = rows[rows["learning_rates"] == choice]
        agree = here[(here["same_direction"] == here["n_pairs"]) & (here["n_pairs"] > 0)]
        told = [_difference(row, labels) for row in agree.to_dict("records")]
        name = "chosen" if choice == CHOSEN else pair(choice)
        lines += _hanging(f"{name}: ", "; ".join(told) or "no method")
    return lines


def _difference(row: dict[Hashable, Any], labels: dict[str, str]) -> str:
    decided = "*" * (row["verdict"] in ("better", "worse"))
    text = f"{labels[row['method']]} {row['mean_difference']:+.3f}{decided}"
    return text.replace(" ", "\N{NO-BREAK SPACE}")  # not broken between two lines


def _bars(bars: pd.DataFrame) -> list[str]:
    """Return a line per bar: whether it is met, and by how much."""
    held = set(bars["bar"])
    lines = []
    for bar, (column, text) in OF_METHODS.items():
        # Methods that are held against other bars, but not this one.
        unknown = bar == "fraction" and "fraction" not in held and "shuffled" in held
        where = ": these showers have no exact ceiling" if unknown else f" (column {column})"
        lines.append(_bar(bars[bars["bar"] == bar], text + where))
    for row in bars[bars["bar"] == "showers"].to_dict("records"):
        text = (
            f"the smallest bin has {row['value']:.0f} showers, at least {row['bound']:.0f} needed"
        )
        lines.append(_bar(bars[bars["bar"] == "showers"], text))
    text = "SN above no normalization in every seed at some rates"
    for row in bars[bars["bar"] == "separation"].to_dict("records"):
        share = "" if row["value"] == 1 else f"{row['value']:.0%} of the seeds at "
        text += f": {share}{pair(row['subject'])} ({row['mean']:+.3f})"
    lines.append(_bar(bars[bars["bar"] == "separation"], text))
    return [written for line in lines for written in line]


def _bar(rows: pd.DataFrame, text: str) -> list[str]:
    if rows.empty:
        return _hanging("does not apply  ", text)
    return _hanging(
        "met             " if rows["met"].astype(bool).all() else "NOT MET         ", text
    )


def _hanging(head: str, text: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent="  " + head,
        subsequent_indent=" " * (2 + len(head)),
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _fixed(value: float, digits: int) -> str:
    return "undefined" if math.isnan(value) else f"{value:.{digits}f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
