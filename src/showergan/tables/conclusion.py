"""What a run found, in a page for a terminal."""

from __future__ import annotations

import math
import textwrap
from itertools import chain
from typing import Any

from showergan import comparison, tasks
from showergan.drawing.architectures import rows_of
from showergan.drawing.labels import pair, records
from showergan.drawing.numbers import compact, counted, plus_minus, told
from showergan.drawing.registry import GLANCE, register_text
from showergan.drawing.style import Style
from showergan.heavy import pd

WIDTH = 100  # letters
LABEL_WIDTH = 36

# Of the bars that every method with SN has to meet: column of the table of methods, and what the bar is.
OF_METHODS = {
    "fraction": ("E/ceiling", "E/ceiling at least {.FRACTION:g}"),
    "shuffled": ("/shuffled", "bins-E above that of shuffled conditions"),
    "energy": ("energy", "mean energy within a factor {.FACTOR:g} of real showers"),
}


@register_text("1 Conclusion", GLANCE)
def conclusion(
    style: Style,
    summary: pd.DataFrame,
    verdicts: pd.DataFrame,
    robustness: pd.DataFrame,
    bars: pd.DataFrame,
) -> str:
    """Write what was compared, what came out, which bars the run meets, and where to look."""
    run, labels = style.run, style.labels
    score, first = str(robustness["score"].iloc[0]), str(summary["architecture"].iloc[0])
    compared = _compared(run, summary, style.architectures.get(first, first))
    summary, verdicts, robustness = (
        rows_of(first, table) for table in (summary, verdicts, robustness)
    )
    lines = [
        *textwrap.wrap(compared, WIDTH),
        *_scores(style, summary, robustness, bars, score),
        *_undefined(summary),
        *_verdicts(labels, verdicts[verdicts["score"] == score], score),
        *_bars(tasks.named(style.task, "The look").bars, bars),
        f"Look at results/{run}/figures/, results/{run}/tables/ and, after make, report.html.",
    ]
    return "\n".join(lines) + "\n"


def _compared(run: str, summary: pd.DataFrame, first: str) -> str:
    rates = summary.groupby("method")["learning_rates"].nunique()
    n = summary["architecture"].nunique()
    of = f"{n} architectures; what follows is about the first, {first}"
    return (
        f"Run {run}: {counted('method', summary['method'].nunique())} at "
        f"{counted('pair', *rates)} of learning rates, "
        f"{counted('seed', summary['seed'].nunique())} each, "
        f"{of if n > 1 else f'{first} discriminator'}.{_diverged(summary)}"
    )


def _diverged(summary: pd.DataFrame) -> str:
    runs = summary.groupby(comparison.RUN)["diverged"].any()
    score = "an epoch without a generator counts as 0"
    return f" {runs.sum()} of {len(runs)} trainings diverged: {score}." if runs.any() else ""


def _scores(
    style: Style,
    summary: pd.DataFrame,
    robustness: pd.DataFrame,
    bars: pd.DataFrame,
    score: str,
) -> list[str]:
    """Return a line per method: its score at the best and the worst learning rates."""
    ends = summary[summary["score"] == score].iloc[0]
    several = bool((robustness["n_rates"] > 1).any())
    held = bars.set_index(["bar", "subject"])["value"]
    applied = set(bars["bar"])
    rows = []
    for method, label in style.labels.items():
        for row in records(robustness[robustness["method"] == method]):
            line = {"method": textwrap.shorten(label, LABEL_WIDTH, placeholder=" ...")}
            line["best" if several else score] = _known(row["best"], 3)
            if len(set(robustness["n_rates"])) > 1:
                line["pairs"] = str(row["n_rates"])
            if several:
                line["worst"] = _known(row["worst"], 3)
                line["worst/best"] = _known(row["robustness"], 2)
            for bar, (column, _) in OF_METHODS.items():
                if bar not in applied or (bar == "fraction" and math.isnan(ends["ceiling"])):
                    continue
                line[column] = compact(held[bar, method]) if (bar, method) in held.index else ""
            rows.append(line)
    shuffled = "" if math.isnan(ends["shuffled"]) else f", shuffled {ends['shuffled']:.3f}"
    among = " at the best and worst rates" * several
    head = f"Mean {score} on test{among} ({_real(ends, style.task)}{shuffled}):"
    return [*textwrap.wrap(head, WIDTH), *_aligned(rows)]


def _undefined(summary: pd.DataFrame) -> list[str]:
    """Say which scores no run has, nor real samples."""
    known = summary.groupby("score")[["selected", "ceiling", "other_real"]].count()
    none = known.index[known.sum(axis=1) == 0]
    return textwrap.wrap(f"{', '.join(none)}: {comparison.UNDEFINED}.", WIDTH) if len(none) else []


def _real(ends: pd.Series, called: str) -> str:
    """Return what real samples, as the task calls them, score."""
    if math.isnan(ends["ceiling"]):
        return f"other real {called} {ends['other_real']:.3f}, no exact ceiling"
    return f"real {called} {plus_minus(ends['ceiling'], ends['ceiling_sd'])}"


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
    power = f"{counted('seed', n)} decide nothing at 5 %, {needed} could"
    sure = power if n < needed else "*: decided at 5 %"
    head = f"Minus that of {baseline} at rates of generator, discriminator, where all seeds agree ({sure}):"
    lines = textwrap.wrap(head, WIDTH)
    for choice in sorted(rows["learning_rates"].unique(), key=lambda c: c == comparison.CHOSEN):
        here = rows[rows["learning_rates"] == choice]
        agree = here[(here["same_direction"] == here["n_pairs"]) & (here["n_pairs"] > 0)]
        found = [_difference(row, labels) for row in records(agree)]
        name = "chosen" if choice == comparison.CHOSEN else pair(choice)
        lines += _hanging(f"{name}: ", "; ".join(found) or "no method")
    return lines


def _difference(row: dict[str, Any], labels: dict[str, str]) -> str:
    decided = "*" * (row["verdict"] in ("better", "worse"))
    noise = " (within noise)" * bool(row["within_noise"])
    text = f"{labels[row['method']]} {row['mean_difference']:+.3f}{decided}{noise}"
    return text.replace(" ", "\N{NO-BREAK SPACE}")  # not broken between two lines


def _bars(of_task: tuple[str, ...], bars: pd.DataFrame) -> list[str]:
    """Return which bars of the task are not met, which are, and which say nothing of this run."""
    if not of_task:
        return []
    found: dict[str, list[str]] = {"NOT MET": [], "met": [], "do not apply": []}
    for bar in of_task:
        rows = bars[bars["bar"] == bar]
        met = "met" if rows["met"].astype(bool).all() else "NOT MET"
        found["do not apply" if rows.empty else met].append(_bar(bar, rows))
    head = "Bars for the methods with SN at the learning rates they chose, by their worst seed:"
    lines = [_hanging(f"{state}: ", "; ".join(texts)) for state, texts in found.items() if texts]
    return [head, *chain.from_iterable(lines)]


def _bar(bar: str, rows: pd.DataFrame) -> str:
    if bar in OF_METHODS:
        return OF_METHODS[bar][1].format(comparison)
    row = rows.iloc[0] if len(rows) else None
    if bar == "showers":
        return "showers in every bin" + (
            f" (the smallest has {row['value']:.0f}, {row['bound']:.0f} needed)"
            if row is not None
            else ""
        )
    text = "SN above no normalization in every seed at some rates"
    if row is None:
        return text
    share = "" if row["value"] == 1 else f"{row['value']:.0%} of the seeds at "
    return f"{text} ({share}{pair(row['subject'])}: {row['mean']:+.3f})"


def _hanging(head: str, text: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent="  " + head,
        subsequent_indent=" " * (2 + len(head)),
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _known(value: float, digits: int) -> str:
    return told(value, f".{digits}f") or "undefined"
